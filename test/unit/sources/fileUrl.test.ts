import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { fileUrl, localPath, resolveReference } from "../../../extension/sources/fileUrl.ts";

test.each([
  ["file:///srv/app/a.js", "/srv/app/a.js"],
  ["file:///srv/my%20app/%C3%BC.js", "/srv/my app/ü.js"],
  ["file:///srv/100%/a.js", "/srv/100%/a.js"],
  ["file:///srv/a.mjs?version=3#x", "/srv/a.mjs"],
  ["file:///srv/c%23/a.js", "/srv/c#/a.js"],
  ["file:///C:/Users/me/a%20b.js", "C:\\Users\\me\\a b.js"],
  ["file:///d:/a.js", "d:\\a.js"],
  ["file://server/share/a.js", "\\\\server\\share\\a.js"],
  ["file://localhost/srv/a.js", "/srv/a.js"],
  ["/srv/a.js", "/srv/a.js"],
  ["C:\\srv\\a.js", "C:\\srv\\a.js"],
  ["node:internal/timers", "node:internal/timers"],
  ["https://example.org/a%20b.js", "https://example.org/a%20b.js"],
])("%s is the local path %s", (url, path) => {
  expect(localPath(url)).toBe(path);
});

test.each(["/srv/a.js", "/srv/a b/c#d/e?f/100%/ü.js"])(
  "the URL of %s is Node's and leads back to the path",
  (path) => {
    expect(fileUrl(path)).toBe(pathToFileURL(path).href);
    expect(localPath(fileUrl(path))).toBe(path);
  },
);

test.each(["C:\\Users\\me\\a b.js", "\\\\server\\share\\a.js"])(
  "the Windows path %s survives the way to a URL and back",
  (path) => {
    expect(localPath(fileUrl(path))).toBe(path);
  },
);

test.each([
  ["../src/a.ts", "/srv/dist/a.js", "/srv/src/a.ts"],
  ["..\\src\\a.ts", "C:\\srv\\dist\\a.js", "C:\\srv\\src\\a.ts"],
  ["D:\\src\\a.ts", "C:\\srv\\dist\\a.js", "D:\\src\\a.ts"],
  ["my file.js.map", "/srv/my app/my file.js", "/srv/my app/my file.js.map"],
  ["my%20file.js.map", "/srv/my app/my file.js", "/srv/my app/my file.js.map"],
  ["c#/a.ts", "/srv/a.js", "/srv/c#/a.ts"],
  ["100%.ts", "/srv/a.js", "/srv/100%.ts"],
  ["/x/a.ts", "https://example.org/dist/a.js", "https://example.org/x/a.ts"],
])("%s seen from %s is %s", (reference, base, expected) => {
  expect(localPath(resolveReference(reference, base) ?? "")).toBe(expected);
});

test("a reference from a script without a place can't be resolved", () => {
  expect(resolveReference("./a.js", "evalmachine.<anonymous>")).toBeNull();
});
