const { openBuffers } = require("../bystanders.cjs");
const { collectForever } = require("../program.cjs");
const closing = require("./closeSocketCjs.cjs");

const sockets = new FinalizationRegistry(closing.closeSocket);

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
collectForever();
