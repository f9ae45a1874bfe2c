import { connect, createServer } from "node:net";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const server = createServer((socket) => {
  socket.on("data", function readRequest(chunk) {
    dropBuffers();
    collect();
    announce({ ready: true, queued: 150 });
    while (chunk.length > 0) process.uptime(); /* CULPRIT */
  });
});

openBuffers(150);
server.listen(0, "127.0.0.1", () => {
  connect(server.address().port, "127.0.0.1").write("GET / HTTP/1.1\r\n\r\n");
});
