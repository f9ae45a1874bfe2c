import { once } from "node:events";
import { createServer as createHttpServer, get } from "node:http";
import { connect, createServer } from "node:net";
import { expectGroups, longMs, sourceOf } from "./program.js";

/** Both ends of connections on which nothing comes. */
/* readLine begins */ async function readLine(socket) {
  const [line] = await once(socket, "data"); /* readLine */
  return line;
}

/* login begins */ async function login(socket) {
  const line = await readLine(socket); /* login */
  return line.length;
}

/* whenClosed begins */ async function whenClosed(socket) {
  await new Promise((resolve) => socket.on("close", resolve)); /* whenClosed */
}

/* handle begins */ async function handle(request, response) {
  const answer = await slowAnswer(request.url); /* handle */
  response.end(answer);
}

/* slowAnswer begins */ const slowAnswer = async (url) => {
  await new Promise((resolve) => setTimeout(resolve, longMs)); /* slowAnswer */
  return url;
};

/* ask begins */ async function ask(port, path) {
  /* ask */ const response = await new Promise((resolve, reject) => {
    get({ port, path }, resolve).on("error", reject);
  });
  return response.statusCode;
}

/* fetchText begins */ async function fetchText(port, path) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`); /* fetchText */
  return response.text();
}

const silent = createServer((socket) => void login(socket)).listen(0, "127.0.0.1");
const web = createHttpServer((request, response) => void handle(request, response));
web.listen(0, "127.0.0.1");
await Promise.all([once(silent, "listening"), once(web, "listening")]);

for (let i = 0; i < 4; i++) void whenClosed(connect(silent.address().port, "127.0.0.1"));
for (let i = 0; i < 5; i++) void ask(web.address().port, "/rows");
for (let i = 0; i < 2; i++) void fetchText(web.address().port, "/rows");

const { awaiting } = sourceOf(import.meta.url);
const of = (count) => ({ waiting: count });
expectGroups(
  [
    {
      frames: [awaiting("readLine", of(4)), awaiting("login", of(4))],
      count: 4,
      waitsFor: ["listener", '"data" of Socket'],
    },
    {
      frames: [awaiting("whenClosed", of(4))],
      count: 4,
      waitsFor: ["listener", '"close" of Socket'],
    },
    {
      frames: [awaiting("slowAnswer", of(7)), awaiting("handle", of(7))],
      count: 7,
      waitsFor: ["timer", ""],
    },
    {
      frames: [awaiting("ask", of(5))],
      count: 5,
      waitsFor: ["listener", '"response" of ClientRequest'],
    },
    { frames: [awaiting("fetchText", of(2))], count: 2, waitsFor: ["object", "Socket"] },
  ],
  500,
);
