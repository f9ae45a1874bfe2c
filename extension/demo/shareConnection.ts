import { connect } from "node:net";
import { createInterface } from "node:readline";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

/** The worker thread of shareClient.ts: passes requests to the server, and wakes the asking thread. */
const { serverPort, answered, answers } = workerData as {
  readonly serverPort: number;
  readonly answered: Int32Array;
  readonly answers: MessagePort;
};

const socket = connect(serverPort, "127.0.0.1");
parentPort?.on("message", (request) => socket.write(`${JSON.stringify(request)}\n`));
createInterface({ input: socket }).on("line", (line) => {
  answers.postMessage(line);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});
