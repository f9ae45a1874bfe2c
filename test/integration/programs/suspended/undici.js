import { createRequire } from "node:module";
import { createServer } from "node:net";
import { expectGroups, sourceOf } from "./program.js";

/** A client whose server accepts connections and never answers. */
const { Agent, fetch, Pool, request } = createRequire(`${process.argv[2]}/`)("undici");
const server = createServer(() => {}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const pool = new Pool(origin, { connections: 2 });

/* requestRow begins */ async function requestRow() {
  const { body } = await request(`${origin}/row`, { dispatcher: new Agent() }); /* requestRow */
  return body.json();
}

/* fetchRow begins */ async function fetchRow() {
  const response = await fetch(`${origin}/row`); /* fetchRow */
  return response.json();
}

/* fromPool begins */ async function fromPool() {
  const { body } = await pool.request({ method: "GET", path: "/row" }); /* fromPool */
  return body.json();
}

/* load begins */ async function load(read) {
  return { row: await read() }; /* load */
}

for (let at = 0; at < 3; at++) void load(requestRow);
for (let at = 0; at < 4; at++) void load(fetchRow);
for (let at = 0; at < 20; at++) void load(fromPool);

const { awaiting } = sourceOf(import.meta.url);
const stack = (name, waiting, waitsFor) => ({
  frames: [awaiting(name, { waiting }), awaiting("load", { waiting })],
  count: waiting,
  waitsFor,
});
const [major] = process.versions.node.split(".");
const handler = ["object", "Request.[handler] → RequestHandler.callback"];
expectGroups(
  [
    stack("requestRow", 3, handler),
    // Since Node 26 the package leaves it to the undici inside of Node.
    stack(
      "fetchRow",
      4,
      major < 26 ? ["queue", "Client.[queue][…] → Request.[handler]"] : ["object", "Socket"],
    ),
    stack("fromPool", 2, handler),
    stack("fromPool", 18, ["queue", "FixedCircularBuffer.list[…] → RequestHandler.callback"]),
  ],
  700,
);
