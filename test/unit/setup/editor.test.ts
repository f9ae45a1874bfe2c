import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aptCommands, codeServerPaths, missingPackages, sudoLine } from "../../setup/editor.mjs";
import { npmUnder } from "../../setup/npm.mjs";

const compilers = ["python3", "make", "g++"];

describe("Debian packages", () => {
  test("are all that is missing while code-server is not built", () => {
    expect(missingPackages(new Set(), false)).toEqual([
      "chromium",
      "libkrb5-dev",
      "pkg-config",
      ...compilers,
    ]);
    expect(missingPackages(new Set([...compilers, "pkg-config"]), false)).toEqual([
      "chromium",
      "libkrb5-dev",
    ]);
  });

  test("are only the browser when code-server is built", () => {
    expect(missingPackages(new Set(), true)).toEqual(["chromium"]);
  });

  test.each(["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"])(
    "are none when %s is there as well",
    (browser) => {
      const commands = new Set([...compilers, "pkg-config", "krb5-config", browser]);
      expect(missingPackages(commands, false)).toEqual([]);
    },
  );

  test("are installed after a look at what there is now, without what they only recommend", () => {
    expect(aptCommands(["chromium"])).toEqual([
      ["apt-get", "update"],
      ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"],
    ]);
  });

  test("are named to who is not root in one line to run", () => {
    expect(sudoLine(["chromium", "make"])).toBe(
      "sudo apt-get update && sudo apt-get install --yes --no-install-recommends chromium make",
    );
  });
});

test("code-server is in the cache under its version", () => {
  const { folder, script } = codeServerPaths("/c");
  expect(folder).toMatch(/^.c.editor.code-server@\d+\.\d+\.\d+$/);
  expect(script).toBe(join(folder, "node_modules/code-server/out/node/entry.js"));
});

describe("npm that builds for another Node", () => {
  const running = { npm_execpath: "/lib/npm/bin/npm-cli.js", PATH: "/bin" };

  test("is run by it, finds it first and builds with its headers", () => {
    expect(npmUnder("/n24", running, "linux")).toEqual({
      command: join("/n24", "bin", "node"),
      firstArguments: ["/lib/npm/bin/npm-cli.js"],
      shell: false,
      environment: {
        ...running,
        PATH: expect.stringMatching(/^.n24.bin[:;].bin$/),
        npm_config_nodedir: "/n24",
      },
    });
  });

  test("hears nothing of the npm that runs us, whose Node packages would believe to be theirs", () => {
    const outer = {
      npm_config_user_agent: "npm/10.8.2 node/v20.20.2 linux x64",
      npm_node_execpath: "/n20/bin/node",
      npm_lifecycle_event: "test",
      NODE: "/n20/bin/node",
      npm_config_registry: "kept",
    };
    const { environment } = npmUnder("/n24", { ...running, ...outer }, "linux");
    expect(Object.keys(environment).sort()).toEqual([
      "PATH",
      "npm_config_nodedir",
      "npm_config_registry",
      "npm_execpath",
    ]);
  });

  test("is the one on the PATH when no npm runs us", () => {
    expect(npmUnder("/n24", { PATH: "/bin" }, "linux").command).toBe("npm");
  });

  test("is as it is for no other Node", () => {
    expect(npmUnder(undefined, running, "linux")).toMatchObject({
      command: process.execPath,
      environment: running,
    });
  });
});
