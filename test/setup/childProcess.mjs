import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program that shares our terminal, and resolves to its exit code; one ended by a signal
 * gives 128 + the signal's number, as in a shell.
 */
export function runInTerminal(command, commandArguments, options) {
  const child = spawn(command, commandArguments, { stdio: "inherit", ...options });
  // Ctrl-C reaches the child as well: it ends in its own way, and we with it.
  const wait = () => {};
  const passOn = (signal) => child.kill(signal);
  process.on("SIGINT", wait);
  process.on("SIGTERM", passOn);
  process.on("SIGHUP", passOn);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  }).finally(() => {
    process.off("SIGINT", wait);
    process.off("SIGTERM", passOn);
    process.off("SIGHUP", passOn);
  });
}
