import { AsyncLocalStorage } from "node:async_hooks";
import { createServer, get } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { listen, workSteadily } from "./program.js";

/** A server whose handlers find their request in an AsyncLocalStorage. */
const requests = new AsyncLocalStorage();
let nextId = 1;

const server = createServer((_, response) => {
  requests.run({ id: nextId++, log: [] }, async () => {
    await step("authorise");
    await Promise.all([step("read"), step("count")]);
    response.end(JSON.stringify(requests.getStore()));
  });
});

async function step(name) {
  await wait(1);
  requests.getStore().log.push(name);
}

const port = await listen(server);
await workSteadily(
  () =>
    new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port }, (response) => {
        response.resume().once("end", resolve);
      }).once("error", reject);
    }),
  50,
);
