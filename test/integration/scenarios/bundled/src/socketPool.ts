import { writeSync } from "node:fs";
import { dropRows } from "./rows.ts";

interface Socket {
  readonly descriptor: number;
}

const answered = new Int32Array(new SharedArrayBuffer(4));

const sockets = new FinalizationRegistry<number>((descriptor) => /* CALLBACK */ {
  const queued = dropRows();
  writeSync(1, `${JSON.stringify({ pid: process.pid, ready: true, queued })}\n`);
  waitForServer(descriptor);
});

function waitForServer(descriptor: number): void {
  if (descriptor > 0) Atomics.wait(answered, 0, 0); /* CULPRIT */
}

export function openSocket(descriptor: number): void {
  const socket: Socket = { descriptor };
  sockets.register(socket, descriptor); /* REGISTER */
}
