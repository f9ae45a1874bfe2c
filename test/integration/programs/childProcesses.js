import { execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { workSteadily } from "./program.js";

/** Starts children, talks to them and waits for them, without ever blocking. */
const runFile = promisify(execFile);
const echo = fork(fileURLToPath(new URL("echoChild.js", import.meta.url)), { execArgv: [] });

await workSteadily(async (round) => {
  echo.send({ round });
  await once(echo, "message");
  if (round % 20 !== 1) return;
  await runFile("true");
  const child = spawn("cat", { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.end(`round ${round}`);
  child.stdout.resume();
  await once(child, "close");
}, 50);
