const { dropBuffers, openBuffers } = require("../bystanders.cjs");
const { announce, collect } = require("../program.cjs");

// The main module itself never ends: the event loop has not had its first turn.
openBuffers(150);
dropBuffers();
collect();
announce({ ready: true, queued: 150 });
for (;;) process.uptime(); /* CULPRIT */
