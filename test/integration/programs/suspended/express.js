import { get } from "node:http";
import { createRequire } from "node:module";
import { expectGroups, longMs, sourceOf } from "./program.js";

/** A server under load whose handlers are slow, and the clients that wait for it. */
const express = createRequire(`${process.argv[2]}/`)("express");
const app = express();

/* priceOf begins */ async function priceOf(id) {
  await new Promise((resolve) => setTimeout(resolve, longMs)); /* priceOf */
  return id;
}

/** It has gone on: `next` gives it nothing to wait for. */
app.use(async function authorize(_request, _response, next) {
  await null;
  await next();
});

/* showPrice begins */ app.get("/price/:id", async function showPrice(request, response) {
  response.send(await priceOf(request.params.id)); /* showPrice */
});

/* ask begins */ async function ask(port, id) {
  const options = { port, path: `/price/${id}`, agent: false };
  await new Promise((resolve) => get(options, resolve)); /* ask */
}

const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const requests = 40;
for (let id = 0; id < requests; id++) void ask(server.address().port, id);

const { awaiting } = sourceOf(import.meta.url);
const of = { waiting: requests };
expectGroups(
  [
    {
      frames: [awaiting("priceOf", of), awaiting("showPrice", of)],
      count: requests,
      waitsFor: ["timer", ""],
    },
    {
      frames: [awaiting("ask", of)],
      count: requests,
      waitsFor: ["listener", '"response" of ClientRequest'],
    },
  ],
  1000,
);
