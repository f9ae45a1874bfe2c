import { Agent, createServer, get } from "node:http";
import { listen, workSteadily } from "./program.js";

/** An HTTP server under load from its own clients. */
const articles = new Map(Array.from({ length: 500 }, (_, id) => [id, `article ${id} `.repeat(50)]));
const server = createServer((request, response) => {
  const article = articles.get(Number(request.url?.slice(1)));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ article, served: new Date() }));
});
const port = await listen(server);
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

const request = (id) =>
  new Promise((resolve, reject) => {
    get({ agent, host: "127.0.0.1", port, path: `/${id % 600}` }, (response) => {
      response.on("data", () => {}).once("end", resolve);
    }).once("error", reject);
  });

await workSteadily(
  (round) => Promise.all(Array.from({ length: 8 }, (_, client) => request(round * 8 + client))),
  100,
);
