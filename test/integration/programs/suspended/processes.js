import { exec, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { promisify } from "node:util";
import { expectGroups, sourceOf } from "./program.js";

const run = promisify(exec);

/* build begins */ async function build() {
  await run("sleep 1000"); /* build */
}

/* serve begins */ async function serve() {
  const child = spawn("sleep", ["1000"]);
  const [code] = await once(child, "exit"); /* serve */
  return code;
}

/* readOutput begins */ async function readOutput() {
  const child = spawn("sleep", ["1000"]);
  for await (const chunk of child.stdout) console.log(chunk); /* readOutput */
}

/* byCallback begins */ async function byCallback() {
  await new Promise((resolve) => execFile("sleep", ["1000"], resolve)); /* byCallback */
}

/* lines begins */ async function lines() {
  const child = spawn("sleep", ["1000"]);
  const reader = createInterface({ input: child.stdout });
  for await (const line of reader) console.log(line); /* lines */
}

/* question begins */ async function question() {
  const child = spawn("sleep", ["1000"]);
  const reader = createInterface({ input: child.stdout, output: child.stdin });
  await reader.question("name?"); /* question */
}
void build();
void serve();
void readOutput();
void byCallback();
void lines();
void question();

const { awaiting } = sourceOf(import.meta.url);
const listener = (name, label) => ({ frames: [awaiting(name)], waitsFor: ["listener", label] });
expectGroups([
  listener("build", '"close" of ChildProcess'),
  listener("serve", '"exit" of ChildProcess'),
  listener("byCallback", '"close" of ChildProcess'),
  listener("readOutput", '"readable" of Socket'),
  listener("lines", '"line" of Interface'),
  { frames: [awaiting("question")], waitsFor: ["object", "Interface"] },
]);
