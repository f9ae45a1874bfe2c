/** A child of childProcesses.js; it ends when its parent does. */
process.on("message", (message) => process.send(message));
process.on("disconnect", () => process.exit());
