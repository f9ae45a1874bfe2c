import { type Command, Option } from "commander";
import { chooseTarget } from "./chooseTarget.ts";
import { defaultMaxPauseSeconds, zeroOrMoreSeconds } from "./commonOptions.ts";
import { exitCodeOfReport } from "./exitCodes.ts";
import { type ReadingOptions, readAndPrint } from "./readAndPrint.ts";
import type { RunCommand } from "./runCommand.ts";
import type { Session } from "./session.ts";

const examples = `
Examples:
  leakline blocked                      choose one of the running processes
  leakline blocked 4242                 a process; opens its inspector if closed
  leakline blocked 4242 --no-snapshot   only the first look, within a second
  leakline blocked localhost:9229       an inspector, also a forwarded one
  leakline blocked app.heapsnapshot     a file
  leakline blocked 4242 --json --fail-on running,queued

The first look stops nothing. A snapshot stops the process while it is written.
Opening a closed inspector (SIGUSR1) prints a few lines on the process's standard
error.

Exit code: 0 nothing found, 1 something found, 2 wrong use or bad input,
3 the process can't be reached, was lost, or can't say what it is doing.`;

export function defineBlocked(program: Command, run: RunCommand): void {
  program
    .command("blocked")
    .summary("say which cleanup callback is stuck and what waits behind it")
    .description(
      "Looks at a running Node process, or reads a heap snapshot, and says which cleanup callback is stuck, since when, on which line, and which finalizers wait behind it.",
    )
    .argument("[TARGET]", "a pid, host:port, a ws:// address or a .heapsnapshot file")
    .addOption(
      new Option("--max-pause <SECONDS>", "longest pause that a snapshot may cause unasked")
        .argParser(zeroOrMoreSeconds)
        .default(defaultMaxPauseSeconds),
    )
    .option("--snapshot", "take a snapshot, however long it stops the process")
    .option("--no-snapshot", "take no snapshot")
    .option("--all", "show everything in full, also Node's own registries", false)
    .addHelpText("after", examples)
    .action((target: string | undefined, options: ReadingOptions, command: Command) =>
      run(command, (session) => blocked(target, options, session)),
    );
}

async function blocked(
  target: string | undefined,
  options: ReadingOptions,
  session: Session,
): Promise<number> {
  const report = await readAndPrint(target ?? (await chooseTarget(session)), options, session);
  return exitCodeOfReport(report, session.options.failOn);
}
