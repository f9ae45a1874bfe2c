import { expect, test, vi } from "vitest";
import type { AnalysisApi } from "../../../extension/protocol/analysisApi.ts";
import { noSuchObject } from "../../../extension/protocol/heapErrors.ts";
import { fakeAnalysis, openedFile, run } from "../../build/commandLine.ts";
import {
  classRetainersReport,
  classRow,
  objectRow,
  retainerRow,
  retainersReport,
  summaryReport,
} from "../../build/heapReports.ts";

const file = "app.heapsnapshot";

async function leakline(
  args: readonly string[],
  answers: Partial<AnalysisApi> = {},
  terminal: Parameters<typeof run>[2] = {},
) {
  const openTarget = vi.fn(async () => openedFile);
  const analysis = fakeAnalysis({ openTarget, ...answers });
  const command = run(args, analysis, terminal);
  const exitCode = await command.exitCode;
  const { calls } = analysis;
  return { exitCode, stdout: command.stdout(), stderr: command.stderr(), calls, openTarget };
}

const onTerminal = { terminal: true, columns: 100 };

test("a summary is as in its golden file", async () => {
  const { exitCode, stdout, stderr, calls, openTarget } = await leakline(["summary", file]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(calls).toEqual(["openTarget", "summary", "closeTarget", "dispose"]);
  expect(openTarget).toHaveBeenCalledWith({ target: file, timeoutMs: 10_000, mustBeFile: true });
  await expect(stdout).toMatchFileSnapshot("golden/summary.txt");
  const { stdout: colored } = await leakline(["summary", file], {}, onTerminal);
  await expect(colored).toMatchFileSnapshot("golden/summary.color.txt");
});

test("a summary asks for what the options say", async () => {
  const summary = vi.fn(async () => summaryReport());
  await leakline(["summary", file], { summary });
  await leakline(["summary", file, "--top", "7", "--sort", "count", "--filter", "sock"], {
    summary,
  });
  expect(summary.mock.calls).toEqual([
    [1, { sort: "retained", filter: "", from: 0, count: 20, objects: 20 }],
    [1, { sort: "count", filter: "sock", from: 0, count: 7, objects: 7 }],
  ]);
});

test("a filter that no class matches says so", async () => {
  const classes = { total: 0, from: 0, rows: [] };
  const { stdout } = await leakline(["summary", file, "--filter", "Zebra"], {
    summary: async () => summaryReport({ classes, objects: [] }),
  });
  expect(stdout).toContain("There are no classes with “Zebra” in their names.");
  expect(stdout).not.toContain("Single objects");
});

test("--json prints the reports themselves", async () => {
  expect(JSON.parse((await leakline(["summary", file, "--json"])).stdout)).toEqual(summaryReport());
  const { stdout } = await leakline(["retainers", file, "--id", "4711", "--json"]);
  expect(JSON.parse(stdout)).toEqual(retainersReport());
});

test("the retainers of an object are as in their golden file", async () => {
  const { exitCode, stdout, calls } = await leakline(["retainers", file, "--id", "@4711"]);
  expect(exitCode).toBe(0);
  expect(calls).toEqual(["openTarget", "retainers", "closeTarget", "dispose"]);
  await expect(stdout).toMatchFileSnapshot("golden/retainers.txt");
  const { stdout: colored } = await leakline(["retainers", file, "--id", "4711"], {}, onTerminal);
  await expect(colored).toMatchFileSnapshot("golden/retainers.color.txt");
});

test("the retainers of a class are as in their golden file", async () => {
  const { exitCode, stdout, calls } = await leakline(["retainers", file, "--class", "Row"], {
    classRetainers: async () => classRetainersReport(),
  });
  expect(exitCode).toBe(0);
  expect(calls).toEqual(["openTarget", "classRetainers", "closeTarget", "dispose"]);
  await expect(stdout).toMatchFileSnapshot("golden/retainers.class.txt");
});

test("several classes of one name are told apart by their lines", async () => {
  const classes = [classRow({ count: 3 }), classRow({ count: 2 })];
  const { stdout } = await leakline(["retainers", file, "--class", "Row"], {
    classRetainers: async () => classRetainersReport({ classes }),
  });
  expect(stdout).toContain("Row: 5 objects of 2 classes of this name\n");
});

test("retainers ask for what the options say", async () => {
  const retainers = vi.fn(async () => retainersReport());
  const classRetainers = vi.fn(async () => classRetainersReport());
  await leakline(["retainers", file, "--id", "7"], { retainers });
  await leakline(["retainers", file, "--id", "7", "--depth", "5", "--top", "2"], { retainers });
  await leakline(["retainers", file, "--class", "Row", "--depth", "0"], { classRetainers });
  expect(retainers.mock.calls).toEqual([
    [1, 7, { depth: 2, from: 0, count: 10, pathsFrom: 0, pathCount: 3 }],
    [1, 7, { depth: 5, from: 0, count: 2, pathsFrom: 0, pathCount: 2 }],
  ]);
  expect(classRetainers.mock.calls).toEqual([
    [1, "Row", { depth: 0, from: 0, count: 10, pathsFrom: 0, pathCount: 10 }],
  ]);
});

test("what nothing keeps says so", async () => {
  const nothing = { total: null, from: 0, hasMore: false, rows: [], untold: 0, unheld: 1 };
  const { stdout } = await leakline(["retainers", file, "--id", "7"], {
    retainers: async () => retainersReport({ paths: nothing }),
  });
  expect(stdout).toContain("Nothing keeps it alive");
});

test("an object that isn't there ends with 2 and one line", async () => {
  const { exitCode, stdout, stderr } = await leakline(["retainers", file, "--id", "7"], {
    retainers: async () => {
      throw noSuchObject(7, file);
    },
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^leakline: app\.heapsnapshot has no object @7\. .*\n$/);
});

test("names from the heap can't steer the terminal, and long ones keep the object's id", async () => {
  const name = `\u001b[31mRow\u202e${"x".repeat(500)}`;
  const object = objectRow({ name, className: name });
  const { stdout } = await leakline(
    ["retainers", file, "--id", "7"],
    {
      retainers: async () =>
        retainersReport({
          object,
          retainers: {
            total: 1,
            from: 0,
            weak: 0,
            rows: [retainerRow({ holder: name, edge: name })],
          },
        }),
    },
    onTerminal,
  );
  expect(stdout).not.toContain("\u001b[31mRow");
  expect(stdout).not.toMatch(/\p{Bidi_Control}/u);
  expect(stdout).toContain("\\u{1b}[31mRow\\u{202e}");
  expect(stdout).toMatch(/x… @4711/);
  expect(stdout).toMatch(/x….* in .*x….* @101/);
  expect(stdout).not.toContain("x".repeat(100));
  const summary = async () =>
    summaryReport({
      objects: [object],
      classes: { total: 1, from: 0, rows: [classRow({ name })] },
    });
  expect((await leakline(["summary", file], { summary })).stdout).not.toMatch(
    /[^\P{Cc}\n]|\p{Bidi_Control}/u,
  );
});
