import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { parentPort } from "node:worker_threads";

/**
 * Stands in for the file server at the other end of the network, on a thread of its own. It opens
 * sessions and reads files, but has stopped answering when a session is to be closed.
 */
const server = createServer((socket) => {
  createInterface({ input: socket }).on("line", (line) => {
    const request = JSON.parse(line) as { readonly kind: string; readonly file?: string };
    if (request.kind === "close") return;
    socket.write(`${request.file === undefined ? "open" : `contents of ${request.file}`}\n`);
  });
});
server.listen(0, "127.0.0.1", () =>
  parentPort?.postMessage((server.address() as AddressInfo).port),
);
