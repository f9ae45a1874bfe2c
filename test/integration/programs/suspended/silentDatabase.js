import { createServer } from "node:net";

const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const authenticationOk = Buffer.concat([Buffer.from("R"), int32(8), int32(0)]);
const readyForQuery = Buffer.concat([Buffer.from("Z"), int32(5), Buffer.from("I")]);

/** Speaks PostgreSQL's protocol as far as the beginning of a session, and never answers a query. */
export async function startSilentDatabase() {
  const server = createServer((socket) => {
    socket.once("data", () => socket.write(Buffer.concat([authenticationOk, readyForQuery])));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}
