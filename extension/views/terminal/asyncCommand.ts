import { type Command, Option } from "commander";
import { snapshotPrice } from "../../pipeline/snapshotPrice.ts";
import type { OpenedTarget } from "../../protocol/analysisApi.ts";
import type { AsyncReport, AsyncStack } from "../../protocol/asyncReport.ts";
import { noAnswerProblemCodes } from "../../protocol/problemCodes.ts";
import { snapshotDeclined, snapshotNeedsConsent } from "../../protocol/usageErrors.ts";
import { chooseTarget } from "./chooseTarget.ts";
import { defaultMaxPauseSeconds, zeroOrMoreSeconds } from "./commonOptions.ts";
import { exitCodeOfReport } from "./exitCodes.ts";
import { asyncStacksText, asyncText } from "./report/asyncText.ts";
import { formatJson } from "./report/jsonReport.ts";
import type { RunCommand } from "./runCommand.ts";
import type { Session } from "./session.ts";
import { announceSnapshot, confirmSnapshot } from "./snapshotDecision.ts";
import { withTarget } from "./withTarget.ts";

interface AsyncOptions {
  readonly maxPause: number;
  readonly snapshot: boolean;
  readonly workers: boolean;
  readonly all: boolean;
  readonly internal: boolean;
}

const examples = `
Examples:
  leakline async 4242                   what waits for what, in groups
  leakline async 4242 --all             each stack by itself, with its variables
  leakline async app.heapsnapshot       the same from a file, without await lines
  leakline async 4242 --no-internal     frames of Node folded

A group is all suspended functions with the same asynchronous stack that wait
for the same thing. A snapshot stops the process while it is written; for the
await lines V8 then searches the heap, which takes seconds when it is large.

Exit code: 0 nothing found, 1 functions that can never go on, 2 wrong use or
bad input, 3 the process can't be reached, was lost, or can't say what it does.`;

/** Stacks that are asked for at once. */
const pageSize = 1000;

export function defineAsync(program: Command, run: RunCommand): void {
  program
    .command("async")
    .summary("show the asynchronous stack of every suspended function")
    .description(
      "Shows every suspended function of a Node process or heap snapshot: who awaits whom, on which line, what would wake it, and what it keeps alive.",
    )
    .argument("[TARGET]", "a pid, host:port, a ws:// address or a .heapsnapshot file")
    .addOption(
      new Option("--max-pause <SECONDS>", "longest pause that the snapshot may cause unasked")
        .argParser(zeroOrMoreSeconds)
        .default(defaultMaxPauseSeconds),
    )
    .option("--snapshot", "take the snapshot, however long it stops the process", false)
    .option("--workers", "read the worker threads too", false)
    .option("--all", "list the stacks one by one", false)
    .option("--no-internal", "fold the frames of Node and of the language")
    .addHelpText("after", examples)
    .action((target: string | undefined, options: AsyncOptions, command: Command) =>
      run(command, (session) => showAsync(target, options, session)),
    );
}

async function showAsync(
  target: string | undefined,
  options: AsyncOptions,
  session: Session,
): Promise<number> {
  const name = target ?? (await chooseTarget(session));
  const report = await withTarget(session, name, async (opened) => {
    if (opened.kind === "process") await agreeOnPrice(opened, options, session);
    const { workers } = options;
    const request = { workers, ofNewestCapture: false };
    const read = await session.ask((api) => api.suspended(opened.id, request));
    await print(opened, read, options, session);
    return read;
  });
  return exitCodeOfReport(report, session.options.failOn);
}

/** A process that can't answer won't write a snapshot either: reading it says so. */
async function agreeOnPrice(
  { id }: OpenedTarget,
  { maxPause, snapshot }: AsyncOptions,
  session: Session,
): Promise<void> {
  const look = await session.ask((api) => api.look(id));
  if (look.problems.some(({ code }) => noAnswerProblemCodes.has(code))) return;
  const price = snapshotPrice(look.capture, maxPause);
  if (snapshot || !price.tooHigh) return announceSnapshot(price, session);
  const { estimatedPauseMs } = look.capture;
  if (!session.canAsk) throw snapshotNeedsConsent(price.text, estimatedPauseMs, maxPause);
  if (!(await confirmSnapshot(price, session))) throw snapshotDeclined();
}

async function print(
  { id }: OpenedTarget,
  report: AsyncReport,
  { all, internal }: AsyncOptions,
  session: Session,
): Promise<void> {
  if (session.options.json) {
    const stacks: AsyncStack[] = [];
    if (all) for await (const page of pages(id, session)) stacks.push(...page);
    return session.print(formatJson({ ...report, stacks }));
  }
  const page = session.page(all);
  if (all) {
    let first = true;
    for await (const stacks of pages(id, session)) {
      await session.print(asyncStacksText(stacks, report, { page, internal, first }));
      first = false;
    }
  }
  await session.print(asyncText(report, { page, internal, all }));
}

/** A hundred thousand stacks are more than one message should carry. */
async function* pages(
  id: OpenedTarget["id"],
  session: Session,
): AsyncIterable<readonly AsyncStack[]> {
  for (let from = 0; ; from += pageSize) {
    const stacks = await session.ask((api) => api.suspendedStacks(id, from, pageSize));
    if (stacks.length > 0) yield stacks;
    if (stacks.length < pageSize) return;
  }
}
