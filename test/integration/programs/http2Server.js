import { connect, createServer } from "node:http2";
import { listen, workSteadily } from "./program.js";

/** An HTTP/2 server and a client with many streams; the session is renewed now and then. */
const server = createServer();
server.on("stream", (stream, headers) => {
  stream.respond({ ":status": 200 });
  stream.end(`you asked for ${headers[":path"]} `.repeat(200));
});
const address = `http://127.0.0.1:${await listen(server)}`;
let session = connect(address);

const request = (path) =>
  new Promise((resolve, reject) => {
    session.request({ ":path": path }).on("error", reject).on("end", resolve).resume();
  });

await workSteadily(async (round) => {
  if (round % 25 === 0) {
    session.close();
    session = connect(address);
  }
  await Promise.all([1, 2, 3, 4].map((part) => request(`/${round}/${part}`)));
}, 60);
