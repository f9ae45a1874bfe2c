import { createInterface } from "node:readline";
import { createAnalysisService } from "../../../extension/pipeline/analysisService.ts";
import type { AnalysisEvent } from "../../../extension/protocol/analysisApi.ts";

/** One more Leakline on a process: `leaklineClient.ts TARGET`, then a command on each line of its stdin. */
const announce = (fact: object): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
const service = createAnalysisService("0.0.0");
const emit = (event: AnalysisEvent) => announce({ event });
const api = service.implement({ signal: new AbortController().signal, emit });
const { id } = await api.openTarget({ target: process.argv[2] ?? "", timeoutMs: 5000 });

const commands: Readonly<Record<string, () => Promise<object>>> = {
  look: async () => ({ looked: (await api.look(id)).target }),
  capture: async () => ({ captured: (await api.capture(id)).capture }),
  leave: async () => ({ left: await api.closeTarget(id) }),
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  try {
    announce((await commands[line]?.()) ?? { unknown: line });
  } catch (error) {
    announce({ failed: String(error) });
  }
});
announce({ ready: true });
