import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readBlocked } from "../build/leaklineCommand.ts";
import { startProgram } from "../build/runningProgram.ts";
import { nodeVersions } from "../setup/nodeVersions.mjs";

const script = fileURLToPath(new URL("programs/costlyRegistrations.js", import.meta.url));

test.each(nodeVersions)(
  "each finding costs the bytes that its registrations keep, and nobody's else (Node %i)",
  async (nodeMajor) => {
    const program = await startProgram({ nodeMajor, script, inspector: "open" });
    const { report } = await readBlocked(program.pid, ["--snapshot"]);
    const cost = (kind: string, count: number) => {
      const found = report.findings.filter((one) => one.kind === kind && one.count === count);
      expect(found, JSON.stringify(report.findings, null, 1)).toHaveLength(1);
      return found[0]?.retainedBytes ?? Number.NaN;
    };
    /** Each object is its buffer and a few hundred bytes around it. */
    const expectEach = (bytes: number, count: number, each: number) => {
      expect(bytes).toBeGreaterThanOrEqual(count * each);
      expect(bytes).toBeLessThan(count * (each + 500));
    };
    expectEach(cost("held", 20), 20, 100_000);
    expectEach(cost("self-retained", 30), 30, 50_000);
    const queued = cost("queued", 40);
    expectEach(queued, 40, 10_000);
    const running = report.findings.find(({ kind }) => kind === "running");
    expect(running?.retainedBytes).toBeNull();
    expect(running?.blocks).toMatchObject({ registrations: 40, retainedBytes: queued });
  },
);
