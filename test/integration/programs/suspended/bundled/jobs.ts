import { pathToFileURL } from "node:url";
import { expectGroups, longMs, sourceOf } from "../program.js";
import { JobQueue } from "./jobQueue.ts";

interface Job {
  readonly id: number;
}

/** Bundled and minified; its argument is the folder of the sources. */
const queue = new JobQueue<Job>();

/* work begins */ async function work(name: string): Promise<never> {
  for (;;) {
    const job: Job = await queue.next(); /* work */
    await finish(job, name);
  }
}

/* finish begins */ async function finish({ id }: Job, name: string): Promise<string> {
  await new Promise<void>((resolve) => setTimeout(resolve, longMs)); /* finish */
  return `${name} ${id}`;
}

for (const name of ["one", "two", "three"]) void work(name);
void finish({ id: 1 }, "alone");
Object.assign(globalThis, { queue });

const folder = pathToFileURL(`${process.argv[2]}/`);
const { awaiting } = sourceOf(new URL("jobs.ts", folder));
const { awaiting: awaitingQueue } = sourceOf(new URL("jobQueue.ts", folder));
expectGroups([
  {
    frames: [awaitingQueue("next", { waiting: 3 }), awaiting("work", { waiting: 3 })],
    count: 3,
    // In a snapshot a class has the name that the bundler left it.
    waitsFor: ["queue", `${JobQueue.name}.consumers[…]`],
  },
  { frames: [awaiting("finish")], waitsFor: ["timer", ""] },
]);
