const { fork } = require("node:child_process");
const { join } = require("node:path");

/** Nothing is wrong with this process; its child has a blocked finalizer. */
fork(join(__dirname, "untilReleased.cjs"), process.argv.slice(2));
setInterval(() => {}, 1000);
