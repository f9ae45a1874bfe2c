const { dropBuffers } = require("../bystanders.cjs");
const { announce } = require("../program.cjs");

exports.closeSocket = (descriptor) => /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 200 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
};
