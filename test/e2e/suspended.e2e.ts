import { afterEach, expect, test } from "vitest";
import { pickProcess, putBack } from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { lineOf } from "../build/lineOf.ts";
import { startProgram } from "../build/runningProgram.ts";
import { nodeVersions } from "../setup/nodeVersions.mjs";

const script = "test/e2e/programs/waitingPool.cjs";
const code = useWorkbench({});

afterEach(async () => {
  await putBack(code());
});

test.each(nodeVersions)(
  "what waits for what in a process of Node %i, and a click on its await",
  async (nodeMajor) => {
    const { editor, view } = code();
    const program = await startProgram({ nodeMajor, script, inspector: "closed" });
    await code().runCommand("Leakline: Attach to Node process…");
    await pickProcess(code(), program.pid);
    const leakline = view("Leakline");
    await leakline.open();
    // Something can never go on, so the section is open.
    const circle = await leakline.waitForRow(/^lock(?:First|Second) 1 · can never go on/);
    expect(circle).toMatchObject({ icon: "warning" });
    const requests = await leakline.waitForRow(
      /^query 40 · waiting for the queue Pool\.queue\[…\]/,
    );
    expect(requests.description).toMatch(/ · waitingPool\.cjs:\d+$/);
    expect((await leakline.waitForRow(/^Suspended /)).description).toMatch(/^82 functions · /);

    await leakline.expand(/^query 40 /);
    await leakline.click(/^await handleRequest waitingPool\.cjs/);
    await editor.waitForCursor("waitingPool.cjs", lineOf(script, /REQUEST/));
    await leakline.click(/^await query waitingPool\.cjs/);
    await editor.waitForCursor("waitingPool.cjs", lineOf(script, /QUERY/));
    await leakline.expand(/^await handleRequest /);
    await leakline.waitForRow(/^Object 8\.\d+ kB · @\d+$/);
    await leakline.expand(/^What would make it go on/);
    await leakline.waitForRow(/^queue → Array of Pool/);
  },
);
