import { readSync } from "node:fs";
import { announce } from "../program.cjs";

/** Reads an answer that nobody types: blocked in a system call, with no child process to blame. */
setTimeout(function askUser() {
  announce({ ready: true, waitsFor: null });
  readSync(0, Buffer.alloc(1)); /* CULPRIT */
}, 50);
