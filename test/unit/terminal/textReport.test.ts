import { createColors } from "picocolors";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../extension/protocol/report.ts";
import { firstLook } from "../../../extension/views/terminal/report/firstLook.ts";
import { createPage } from "../../../extension/views/terminal/report/page.ts";
import { textReport } from "../../../extension/views/terminal/report/textReport.ts";
import { finding, look, place, report, thread, workingFolder } from "../../build/reportParts.ts";
import {
  batchReport,
  blockedLook,
  blockedReport,
  fileReport,
  hostileReport,
  nativeLook,
  ordinaryReport,
  selfRetainedReport,
  starvedReport,
} from "../../build/reports.ts";

interface Look {
  readonly columns?: number | null;
  readonly color?: boolean;
  readonly all?: boolean;
}

const pageOf = ({ columns = 80, color = false, all = false }: Look = {}) =>
  createPage(columns, { colors: createColors(color), workingFolder, all });
const drawn = (of: Report, how?: Look) => textReport(of, pageOf(how));

const escapeSequence = "\u001b[";

const reports: Readonly<Record<string, Report>> = {
  blocked: blockedReport,
  blockedLook,
  selfRetained: selfRetainedReport,
  ordinary: ordinaryReport,
  batch: batchReport,
  starved: starvedReport,
  file: fileReport,
  native: nativeLook,
  hostile: hostileReport,
};

describe("a report is drawn as in its golden file", () => {
  for (const [name, each] of Object.entries(reports)) {
    test(`${name}, 80 columns`, async () => {
      await expect(drawn(each)).toMatchFileSnapshot(`golden/${name}.txt`);
    });
  }

  for (const columns of [60, 120] as const) {
    test(`blocked, ${columns} columns`, async () => {
      await expect(drawn(blockedReport, { columns })).toMatchFileSnapshot(
        `golden/blocked.${columns}.txt`,
      );
    });
  }

  test("blocked, in colour", async () => {
    await expect(drawn(blockedReport, { color: true })).toMatchFileSnapshot(
      "golden/blocked.color.txt",
    );
  });

  test("blocked, for a pipe", async () => {
    await expect(drawn(blockedReport, { columns: null })).toMatchFileSnapshot(
      "golden/blocked.pipe.txt",
    );
  });

  test("starved, everything in full", async () => {
    await expect(drawn(starvedReport, { all: true })).toMatchFileSnapshot("golden/starved.all.txt");
  });

  test("the first look", async () => {
    await expect(firstLook(blockedLook, pageOf())).toMatchFileSnapshot("golden/firstLook.txt");
  });
});

test("the first line is the worst verdict with its age, and the guilty line follows", () => {
  const lines = drawn(blockedReport, { columns: null }).split("\n");
  expect(lines[0]).toMatch(/^✖ #1 running since ≥ 3 min 12 s: /);
  expect(lines[1]).toBe("  → packages/share/shareClient.ts:41:9 (closeSession)");
});

test("tables stay inside the terminal, whatever its width", () => {
  for (const columns of [60, 80, 120]) {
    const rows = drawn(blockedReport, { columns })
      .split("\n")
      .filter((line) => /^ +[\d,]+ +(\d+ +)?[/\w].*:\d/.test(line));
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
  }
});

test("no path is shortened for a pipe, and each row of a table stays one line", () => {
  const text = drawn(blockedReport, { columns: null });
  expect(text).not.toContain("…");
  expect(text).toContain(
    "  400  /home/ada/.cache/pnpm/store/v10/links/@databases/connection-pool/7.2.1/node_modules/@databases/connection-pool/dist/esm/pool.mjs:310:27 (release)\n",
  );
});

test("a guilty line is never shortened or broken, however narrow the terminal", () => {
  const file = `src/${"deep/".repeat(40)}rows.ts`;
  const guilty = finding({ kind: "running", callback: place(`${file}:1:2`, "free") });
  const text = drawn(report({ findings: [guilty] }), { columns: 40 });
  expect(text).toContain(`  → ${file}:1:2 (free)\n`);
});

test("without colour there is no escape sequence; with it the text is the same", () => {
  for (const each of Object.values(reports)) {
    const plain = drawn(each);
    const colored = drawn(each, { color: true });
    expect(plain).not.toContain(escapeSequence);
    expect(colored).toContain(escapeSequence);
    expect(colored.replaceAll(/\p{Cc}\[\d+m/gu, "")).toBe(plain);
  }
});

test("names from the heap can't steer the terminal or forge a line", () => {
  const text = drawn(hostileReport, { columns: null });
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  expect(text).toContain("\\u{1b}[2Jfree\\u{d}\\u{a}Row");
});

test("frames of Node and V8 are marked and none is dropped", () => {
  const text = drawn(blockedReport);
  expect(text).toContain("at Atomics.wait  [internal]");
  expect(text).toContain("at FinalizationRegistry.cleanupSome  [internal]");
});

test("registration sites are marked as candidates unless they were observed", () => {
  const lines = drawn(blockedReport).split("\n");
  const sites = lines.filter((line) => line.includes("registered at"));
  expect(sites.map((line) => line.endsWith("candidate"))).toEqual([true, false]);
});

test("a cost that is not known is not shown", () => {
  expect(drawn(blockedReport)).toContain("1,150 registrations of 2 registries\n");
  expect(drawn(batchReport)).toContain("4,687 registrations of 1 registry, 1.87 GB\n");
});

test("a very long retaining path keeps its two ends, and all of it with --all", () => {
  const path = Array.from({ length: 1000 }, (_, index) => ({
    from: `Node${index}`,
    edge: "next",
    to: `Node${index + 1}`,
    position: null,
  }));
  const long = report({ findings: [finding({ kind: "self-retained", path })] });
  const folded = drawn(long);
  expect(folded).toContain("970 more steps");
  expect(folded).toContain("╭─ Node0\n");
  expect(folded).toContain("╰→ Node1000\n");
  expect(drawn(long, { all: true }).match(/↓ next/g)).toHaveLength(1000);
});

test("Node's own registries are added up in one line, and listed with --all", () => {
  expect(drawn(blockedReport)).toContain("1 registry of Node's own: 12 live, 3 queued");
  expect(drawn(blockedReport, { all: true })).toContain(
    "    12       3  node:internal/util:612:1  [internal]",
  );
});

test("a stuck thread whose queue is not known is shown in full although it is only info", () => {
  const undecided = finding({
    kind: "unknown",
    severity: "info",
    title: "The thread is busy in spin, perhaps a cleanup callback",
    stack: [{ position: place("src/a.ts:1:1"), function: "spin", internal: false, async: false }],
  });
  const text = drawn(look({ findings: [undecided] }));
  expect(text).toMatch(/^• unknown/);
  expect(text).toContain("at spin (src/a.ts:1:1)");
});

test("nothing found says no more than the reading can know", () => {
  const head = (of: Report) => drawn(of, { columns: null }).split("\n\n")[0];
  expect(head(report())).toContain("No finalizer is blocked");
  expect(head(look())).toMatch(/No thread is blocked.*not known without a snapshot/);
  expect(head(look({ threads: [thread({ state: "busy" })] }))).toContain("Thread main is busy");
  expect(head(report({ threads: [thread({ state: "paused" })] }))).toContain(
    "Thread main is paused: whether its finalizers are blocked can't be told.",
  );
  expect(head(fileReport)).toMatch(/can't be told from one file: 500 registrations/);
});

test("a file outside the working folder keeps its whole path, and one inside is relative", () => {
  const show = (file: string) =>
    drawn(report({ findings: [finding({ kind: "running", callback: place(file) })] }));
  expect(show("/home/ada/shop-two/a.ts:1:1")).toContain("→ /home/ada/shop-two/a.ts:1:1\n");
  expect(show("file:///home/ada/shop/a%20b.ts:1:1")).toContain("→ a b.ts:1:1\n");
  expect(show("webpack://shop/a.ts:1:1")).toContain("→ webpack://shop/a.ts:1:1\n");
  expect(show("..hidden/a.ts:1:1")).toContain("→ ..hidden/a.ts:1:1\n");
});
