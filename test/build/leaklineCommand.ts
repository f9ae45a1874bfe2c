import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import type { Finding } from "../../extension/protocol/finding.ts";
import type { Report } from "../../extension/protocol/report.ts";
import { type NodeMajor, nodeBinary } from "../setup/nodeVersions.mjs";

const commandFile = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));
const schemaFile = fileURLToPath(new URL("../../dist/report.schema.json", import.meta.url));

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface CommandOptions {
  /** Node version that runs Leakline itself. */
  readonly nodeMajor?: NodeMajor;
  readonly deadlineMs?: number;
  readonly workingFolder?: string;
  /** Handed the process id as soon as it runs. */
  readonly onStart?: (pid: number) => void;
  /** Told what it says while it runs. */
  readonly onProgress?: (text: string) => void;
}

/** Runs the built command line to its end, as a user without a terminal would. */
export function runLeakline(
  words: readonly string[],
  { nodeMajor = 24, deadlineMs = 60_000, workingFolder, onStart, onProgress }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(nodeBinary(nodeMajor), [commandFile, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      ...(workingFolder ? { cwd: workingFolder } : {}),
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onProgress?.(text);
    });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`leakline ${words.join(" ")} ran longer than ${deadlineMs} ms.\n${stderr}`));
    }, deadlineMs);
    child.once("error", reject);
    child.once("close", (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, stdout, stderr, elapsedMs: performance.now() - started });
    });
  });
}

/** `leakline blocked TARGET --json`, with the report read. */
export async function readBlocked(
  target: string | number,
  words: readonly string[] = [],
  options: CommandOptions = {},
): Promise<CommandResult & { readonly report: Report }> {
  const result = await runLeakline(["blocked", String(target), "--json", ...words], options);
  try {
    const report: unknown = JSON.parse(result.stdout);
    expectSchema(report);
    return { ...result, report: report as Report };
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    throw new Error(
      `No report (exit code ${result.exitCode}):\n${result.stdout}\n${result.stderr}`,
    );
  }
}

class SchemaError extends Error {}

let validate: ValidateFunction | undefined;

/** Every report that a test reads is held against the schema that is shipped. */
function expectSchema(report: unknown): void {
  validate ??= new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  if (!validate(report)) throw new SchemaError(JSON.stringify(validate.errors, null, 1));
}

/** What a person would be alarmed by. */
export const aboveInfo = (report: Report): readonly Finding[] =>
  report.findings.filter(({ severity }) => severity !== "info");
