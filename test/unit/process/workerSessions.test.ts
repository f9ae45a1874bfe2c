import { expect, test } from "vitest";
import { parseAttached } from "../../../extension/process/workerSessions.ts";

const attached = (workerId: string, title: string) =>
  parseAttached({ sessionId: "7", workerInfo: { workerId, type: "worker", title, url: "" } });

test.each([
  ["[worker 3]", { threadId: 3, name: "worker 3" }],
  ["[worker 3] WorkerThread", { threadId: 3, name: "worker 3" }],
  ["[worker 12] resize [x]", { threadId: 12, name: "worker 12 (resize [x])" }],
])("the thread of %j is told by the title, as the inspector counts otherwise", (title, worker) => {
  expect(attached("2", title)).toEqual({ sessionId: "7", ...worker });
});

test.each([null, {}, { sessionId: "7" }, { sessionId: "7", workerInfo: { title: "tab" } }])(
  "%j is no worker",
  (data) => {
    expect(parseAttached(data)).toBeNull();
  },
);
