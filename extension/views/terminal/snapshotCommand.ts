import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import { formatBytes } from "../../base/byteSize.ts";
import { formatDuration } from "../../base/duration.ts";
import { printable } from "../../base/printable.ts";
import { snapshotPrice } from "../../pipeline/snapshotPrice.ts";
import type { SavedSnapshot } from "../../protocol/analysisApi.ts";
import { cannotWriteFile } from "../../protocol/analysisErrors.ts";
import type { CaptureDescription } from "../../protocol/report.ts";
import {
  fileExists,
  needsProcess,
  snapshotDeclined,
  snapshotNeedsConsent,
} from "../../protocol/usageErrors.ts";
import { defaultMaxPauseSeconds, zeroOrMoreSeconds } from "./commonOptions.ts";
import { exitCodes } from "./exitCodes.ts";
import { formatJson } from "./report/jsonReport.ts";
import type { RunCommand } from "./runCommand.ts";
import type { Session } from "./session.ts";
import { announceSnapshot, confirmSnapshot } from "./snapshotDecision.ts";
import { withTarget } from "./withTarget.ts";

interface SnapshotOptions {
  readonly output: string;
  readonly maxPause: number;
  readonly force: boolean;
  readonly yes: boolean;
}

const examples = `
Examples:
  leakline snapshot 4242 -o app.heapsnapshot
  leakline snapshot localhost:9229 -o app.heapsnapshot --max-pause 60

The process stops while the snapshot is written: about a second for every
20 to 40 MB of heap. The file holds every string of the process, passwords and
customers' data included; only you can read it. Chrome DevTools opens it too.
--fail-on has no meaning here.

Exit code: 0 the file is written, 2 wrong use or bad input,
3 the process can't be reached or was lost.`;

export function defineSnapshot(program: Command, run: RunCommand): void {
  program
    .command("snapshot")
    .summary("write a heap snapshot of a running process to a file")
    .description("Writes a heap snapshot of a running Node process to a file.")
    .argument("<TARGET>", "a pid, host:port or a ws:// address")
    .requiredOption("-o, --output <FILE>", "where to write it")
    .addOption(
      new Option("--max-pause <SECONDS>", "longest pause that it may cause unasked")
        .argParser(zeroOrMoreSeconds)
        .default(defaultMaxPauseSeconds),
    )
    .option("--yes", "do not ask, however long the process stops", false)
    .option("--force", "replace the file if it exists", false)
    .addHelpText("after", examples)
    .action((target: string, options: SnapshotOptions, command: Command) =>
      run(command, (session) => saveSnapshot(target, options, session)),
    );
}

async function saveSnapshot(
  target: string,
  options: SnapshotOptions,
  session: Session,
): Promise<number> {
  const path = resolve(session.host.workingFolder, options.output);
  await checkDestination(path, options);
  const { look, saved } = await withTarget(session, target, async (opened) => {
    if (opened.kind === "file") throw needsProcess(opened.label);
    const look = await session.ask((api) => api.look(opened.id));
    await agreeOnPrice(look.capture, options, session);
    const saved = await session.ask((api) => api.saveSnapshot(opened.id, path));
    return { look, saved };
  });
  const { schemaVersion, tool } = look;
  await session.print(
    session.options.json
      ? formatJson({ schemaVersion, tool, target: look.target, snapshot: saved })
      : savedText(saved),
  );
  return exitCodes.nothingFound;
}

const savedText = ({ path, bytes, pauseMs, answeredBy }: SavedSnapshot) =>
  [
    printable(path),
    `  ${formatBytes(bytes)}; the process stopped for ${formatDuration(pauseMs)}; taken by ${printable(answeredBy)}`,
    "  It holds every string of the process, secrets included.",
    "",
  ].join("\n");

/** Before the target is touched: a file that can't be written must not cost anybody a pause. */
async function checkDestination(path: string, { force }: SnapshotOptions): Promise<void> {
  try {
    await access(dirname(path));
  } catch {
    throw cannotWriteFile(path, `there is no folder ${dirname(path)}`);
  }
  const existing = await stat(path).catch(() => null);
  if (existing?.isDirectory()) throw cannotWriteFile(path, "it is a folder");
  if (existing && !force) throw fileExists(path);
}

async function agreeOnPrice(
  capture: CaptureDescription,
  { maxPause, yes }: SnapshotOptions,
  session: Session,
): Promise<void> {
  const price = snapshotPrice(capture, maxPause);
  if (yes || !price.tooHigh) return announceSnapshot(price, session);
  if (!session.canAsk) throw snapshotNeedsConsent(price.text, capture.estimatedPauseMs, maxPause);
  if (!(await confirmSnapshot(price, session))) throw snapshotDeclined();
}
