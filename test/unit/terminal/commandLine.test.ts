import { describe, expect, test } from "vitest";
import { findingKinds } from "../../../extension/protocol/finding.ts";
import { wantsColor } from "../../../extension/views/terminal/session.ts";
import { fakeAnalysis, run } from "../../build/commandLine.ts";

async function leakline(...args: string[]) {
  const analysis = fakeAnalysis();
  const command = run(args, analysis);
  const exitCode = await command.exitCode;
  return { exitCode, stdout: command.stdout(), stderr: command.stderr(), calls: analysis.calls };
}

describe("wrong use is one line with where to read more, exit code 2, and starts nothing", () => {
  test.each([
    [[], "No command was given. See leakline --help."],
    [["blokced"], "Unknown command 'blokced' (Did you mean blocked?) See leakline --help."],
    [
      ["blocked", "1", "--jsno"],
      "Unknown option '--jsno' (Did you mean --json?) See leakline blocked --help.",
    ],
    [
      ["blocked", "1", "2"],
      "Too many arguments for 'blocked'. Expected 1 argument but got 2. See leakline blocked --help.",
    ],
    [["snapshot", "-o", "x"], "Missing required argument 'TARGET'. See leakline snapshot --help."],
    [
      ["snapshot", "1"],
      "Required option '-o, --output <FILE>' not specified. See leakline snapshot --help.",
    ],
    [
      ["blocked", "1", "--max-pause"],
      "Option '--max-pause <SECONDS>' argument missing. See leakline blocked --help.",
    ],
    [
      ["retainers", "a.heapsnapshot"],
      "Of what? Give --id N or --class NAME. See leakline retainers --help.",
    ],
    [
      ["retainers", "a.heapsnapshot", "--id", "1", "--class", "Row"],
      "Option '--class <NAME>' cannot be used with option '--id <N>'. See leakline retainers --help.",
    ],
    [
      ["retainers", "a.heapsnapshot", "--id", "Row"],
      "Option '--id <N>' argument 'Row' is invalid. It must be a number, such as 71095. See leakline retainers --help.",
    ],
    [
      ["summary", "a.heapsnapshot", "--top", "-3"],
      "Option '--top <N>' argument '-3' is invalid. It must be a number from 0 to 100000. See leakline summary --help.",
    ],
    [
      ["summary", "a.heapsnapshot", "--sort", "size"],
      "Option '--sort <SIZE>' argument 'size' is invalid. Allowed choices are retained, shallow, count. See leakline summary --help.",
    ],
    [
      ["demo", "blokced"],
      "Command-argument value 'blokced' is invalid for argument 'SCENARIO'. Allowed choices are blocked, self-retained, ordinary. See leakline demo --help.",
    ],
  ])("%j", async (args, message) => {
    const { exitCode, stdout, stderr, calls } = await leakline(...args);
    expect(stderr).toBe(`leakline: ${message}\n`);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(calls).toEqual([]);
  });

  test.each(["abc", "-1", "0", "1e3", "Infinity", "NaN", "", "86401", "0x10"])(
    "--timeout %j",
    async (value) => {
      const { exitCode, stderr, calls } = await leakline("blocked", "1", `--timeout=${value}`);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^leakline: Option '--timeout <SECONDS>' .*\n$/);
      expect(calls).toEqual([]);
    },
  );

  test("a verdict that doesn't exist, with those that do", async () => {
    const { exitCode, stderr } = await leakline("blocked", "1", "--fail-on", "running,stuck");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("There is no verdict stuck.");
    for (const kind of findingKinds) expect(stderr).toContain(kind);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("a wrong argument can't steer the terminal", async () => {
    const { stderr } = await leakline("\u001b[2J");
    expect(stderr).toContain("\\u{1b}[2J");
  });
});

test("options of every command stand before or after its name", async () => {
  expect((await leakline("--json", "blocked", "1")).stdout).toMatch(/^\{/);
  expect((await leakline("blocked", "1", "--json")).stdout).toMatch(/^\{/);
});

const commands = ["demo", "blocked", "async", "snapshot", "summary", "retainers"];

test("--version and --help answer on stdout with 0", async () => {
  expect(await leakline("--version")).toMatchObject({ exitCode: 0, stdout: "0.1.0\n", stderr: "" });
  const { exitCode, stdout, stderr } = await leakline("--help");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const command of commands) expect(stdout).toContain(`  ${command} `);
});

test.each(commands)("the help of %s is as in its golden file", async (name) => {
  const { exitCode, stdout } = await leakline(name, "--help");
  expect(exitCode).toBe(0);
  await expect(stdout).toMatchFileSnapshot(`golden/help.${name}.txt`);
});

describe("colour", () => {
  const color = (isTTY: boolean, environment: NodeJS.ProcessEnv, option = true) =>
    wantsColor({ stdout: { isTTY } as NodeJS.WriteStream, environment }, { color: option });

  test("only on a terminal", () => {
    expect(color(true, {})).toBe(true);
    expect(color(false, {})).toBe(false);
    expect(color(true, { TERM: "dumb" })).toBe(false);
  });

  test("FORCE_COLOR switches it on or off, NO_COLOR and --no-color switch it off", () => {
    expect(color(false, { FORCE_COLOR: "1" })).toBe(true);
    expect(color(true, { FORCE_COLOR: "0" })).toBe(false);
    expect(color(true, { NO_COLOR: "1" })).toBe(false);
    expect(color(true, { NO_COLOR: "" })).toBe(true);
    expect(color(true, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
    expect(color(true, { FORCE_COLOR: "1" }, false)).toBe(false);
  });
});
