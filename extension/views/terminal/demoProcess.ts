import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { withDeadline } from "../../base/deadline.ts";
import {
  type DemoAnnouncement,
  type DemoScenarioName,
  parseDemoAnnouncement,
} from "../../protocol/demoScenarios.ts";
import { demoFailed } from "../../protocol/usageErrors.ts";
import type { DemoProgram } from "./host.ts";

/** The demo while it runs; whoever started it must dispose it. */
export interface DemoProcess {
  /** Resolves when the scenario stands. Rejects with UserError when it never will. */
  readonly announcement: Promise<DemoAnnouncement>;
  dispose(): Promise<void>;
}

const readyDeadlineMs = 10_000;
const keptErrorCharacters = 2000;

/**
 * Starts the leaky program as anybody would: no agent, no inspector. Its own process group keeps a
 * Ctrl-C for us, who then detach from it before it ends; if we are killed, its closed stdin ends it.
 */
export function startDemo(program: DemoProgram, scenario: DemoScenarioName): DemoProcess {
  const child = spawn(program.nodeBinary, [program.scriptPath, scenario], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  // The pipe breaks when the demo ends first, which is not worth a word.
  child.stdin.on("error", () => {});
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  return {
    announcement: withDeadline(announced(child, child.stdout, child.stderr), readyDeadlineMs, () =>
      demoFailed(`it said nothing for ${readyDeadlineMs / 1000} s`),
    ),
    async dispose() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function announced(
  child: ChildProcess,
  stdout: Readable,
  stderr: Readable,
): Promise<DemoAnnouncement> {
  let errorText = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText = (errorText + text).slice(-keptErrorCharacters);
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on("line", (line) => {
      const announcement = parseDemoAnnouncement(line);
      if (announcement) resolve(announcement);
    });
    child.once("error", (error) => reject(demoFailed(error.message)));
    child.once("close", (code, signal) => {
      const said = lastWords(errorText);
      const how = signal ? `signal ${signal}` : `exit code ${code}`;
      reject(demoFailed(`it ended with ${how}${said && `, saying: ${said}`}`));
    });
  });
}

/** Of an uncaught error its message, which Node prints between the source line and the stack. */
function lastWords(errorText: string): string {
  const lines = errorText.trim().split("\n");
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? "";
}
