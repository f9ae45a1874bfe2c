import { createServer } from "node:http";
import { listen, workSteadily } from "./program.js";

/** Global fetch (undici), with bodies read, cancelled and left alone: undici has a registry for those. */
const server = createServer((_, response) => response.end("x".repeat(20_000)));
const address = `http://127.0.0.1:${await listen(server)}/`;

await workSteadily(async (round) => {
  const response = await fetch(address, { signal: AbortSignal.timeout(5000) });
  if (round % 10 === 0) return;
  if (round % 3 === 0) await response.body.cancel();
  else if (round % 3 === 1) await response.text();
  else await response.clone().arrayBuffer();
}, 60);
