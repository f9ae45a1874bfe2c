import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import { expectGroups, sourceOf } from "./program.js";

class WorkerClient {
  pending = new Map();
  constructor(worker) {
    this.worker = worker;
    worker.on("message", ({ id, value }) => this.pending.get(id)?.resolve(value));
  }
  call(method) {
    const id = this.pending.size;
    this.worker.postMessage({ id, method });
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }
}

/* callWorker begins */ async function callWorker(client) {
  return await client.call("sum"); /* callWorker */
}
/* untilExit begins */ async function untilExit(worker) {
  await once(worker, "exit"); /* untilExit */
}
/* receive begins */ async function receive(port) {
  const [message] = await once(port, "message"); /* receive */
  return message;
}
/* receiveByListener begins */ async function receiveByListener(port) {
  await new Promise((resolve) => port.on("message", resolve)); /* receiveByListener */
}
/* broadcast begins */ async function broadcast() {
  const channel = new BroadcastChannel("rows");
  /* broadcast */ await new Promise((resolve) => {
    channel.onmessage = resolve;
  });
}
const worker = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', {
  eval: true,
});
await once(worker, "online");
const client = new WorkerClient(worker);
for (let i = 0; i < 3; i++) void callWorker(client);
void untilExit(worker);
const { port1, port2 } = new MessageChannel();
void receive(port1);
void receiveByListener(port2);
void broadcast();

const { awaiting } = sourceOf(import.meta.url);
const message = (name, emitter) => ({
  frames: [awaiting(name)],
  waitsFor: ["listener", `"message" of ${emitter}`],
});
expectGroups([
  {
    frames: [awaiting("callWorker", { waiting: 3 })],
    count: 3,
    waitsFor: ["queue", "WorkerClient.pending[…]"],
  },
  { frames: [awaiting("untilExit")], waitsFor: ["listener", '"exit" of Worker'] },
  message("receive", "MessagePort"),
  message("receiveByListener", "MessagePort"),
  message("broadcast", "BroadcastChannel"),
]);
