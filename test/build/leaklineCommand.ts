import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import type { AsyncReport } from "../../extension/protocol/asyncReport.ts";
import type { Finding } from "../../extension/protocol/finding.ts";
import type { Report } from "../../extension/protocol/report.ts";
import { type NodeMajor, nodeBinary } from "../setup/nodeVersions.mjs";

const commandFile = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));
const schemaFiles = {
  blocked: "report.schema.json",
  async: "asyncReport.schema.json",
} as const;

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
export const readBlocked = (
  target: string | number,
  words: readonly string[] = [],
  options: CommandOptions = {},
): Promise<CommandResult & { readonly report: Report }> =>
  readReport<Report>("blocked", [String(target), ...words], options);

/** `leakline async TARGET --json`, with the report read. */
export const readAsync = (
  target: string | number,
  words: readonly string[] = [],
  options: CommandOptions = {},
): Promise<CommandResult & { readonly report: AsyncReport }> =>
  readReport<AsyncReport>("async", [String(target), ...words], options);

async function readReport<Read>(
  command: keyof typeof schemaFiles,
  words: readonly string[],
  options: CommandOptions,
): Promise<CommandResult & { readonly report: Read }> {
  const result = await runLeakline([command, ...words, "--json"], options);
  try {
    const report: unknown = JSON.parse(result.stdout);
    expectSchema(report, schemaFiles[command]);
    return { ...result, report: report as Read };
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    throw new Error(
      `No report (exit code ${result.exitCode}):\n${result.stdout}\n${result.stderr}`,
    );
  }
}

class SchemaError extends Error {}

const validators = new Map<string, ValidateFunction>();

/** Every report that a test reads is held against the schema that is shipped. */
function expectSchema(report: unknown, schemaFile: string): void {
  let validate = validators.get(schemaFile);
  if (validate === undefined) {
    const path = fileURLToPath(new URL(`../../dist/${schemaFile}`, import.meta.url));
    validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(path, "utf8")));
    validators.set(schemaFile, validate);
  }
  if (!validate(report)) throw new SchemaError(JSON.stringify(validate.errors, null, 1));
}

/** What a person would be alarmed by. */
export const aboveInfo = (report: Report): readonly Finding[] =>
  report.findings.filter(({ severity }) => severity !== "info");
