import { once } from "node:events";
import { workSteadily } from "./program.js";

/** Message channels and broadcast channels that are opened, used and closed. */
await workSteadily(async (round) => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ round, bytes: new Uint8Array(1000) });
  await once(port2, "message");
  port1.close();
  port2.close();

  const sender = new BroadcastChannel("news");
  const receiver = new BroadcastChannel("news");
  const received = new Promise((resolve) => {
    receiver.onmessage = resolve;
  });
  sender.postMessage(round);
  await received;
  sender.close();
  receiver.close();
}, 50);
