import { Command, CommanderError, Help } from "commander";
import { printable } from "../../base/printable.ts";
import { UserError } from "../../protocol/errors.ts";
import { wrongUsage } from "../../protocol/usageErrors.ts";
import { defineAsync } from "./asyncCommand.ts";
import { defineBlocked } from "./blockedCommand.ts";
import { addCommonOptions, type CommonOptions } from "./commonOptions.ts";
import { defineDemo } from "./demoCommand.ts";
import { exitCodeOfError, exitCodeOfSignal, exitCodes } from "./exitCodes.ts";
import type { CommandLineHost } from "./host.ts";
import { defineRetainers } from "./retainersCommand.ts";
import type { RunCommand } from "./runCommand.ts";
import { Session, StoppedBySignal } from "./session.ts";
import { defineSnapshot } from "./snapshotCommand.ts";
import { defineSummary } from "./summaryCommand.ts";

const commands = [
  defineDemo,
  defineBlocked,
  defineAsync,
  defineSnapshot,
  defineSummary,
  defineRetainers,
];
const commandNames = ["demo", "blocked", "async", "snapshot", "summary", "retainers"];

/** Runs one command line and says what the process ends with. Never rejects. */
export async function runCommandLine(host: CommandLineHost): Promise<number> {
  // A reader that closes its end, such as `head`, must not become an uncaught error.
  host.stdout.on("error", () => {});
  host.stderr.on("error", () => {});

  let exitCode: number = exitCodes.nothingFound;
  const program = createProgram(host, async (command, work) => {
    const session = new Session(host, command.optsWithGlobals<CommonOptions>());
    try {
      exitCode = await work(session);
    } finally {
      await session.dispose();
    }
  });
  try {
    await program.parseAsync(host.arguments, { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, host);
  }
}

function createProgram(host: CommandLineHost, run: RunCommand): Command {
  const program = new Command("leakline")
    .description(
      "Finds memory leaks in Node.js that ordinary tools can't explain: blocked finalizers and registrations that keep their own target alive, each on the source line that caused it.",
    )
    .version(host.toolVersion, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .configureHelp({
      showGlobalOptions: true,
      // That a flag is off until it is given goes without saying.
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : new Help().optionDescription(option),
    })
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      // Errors are thrown, and explained in one place.
      writeErr() {},
      getOutHelpWidth: () => (host.stdout.isTTY ? host.stdout.columns || 80 : 80),
      getOutHasColors: () => false,
    })
    .exitOverride();
  addCommonOptions(program);
  for (const define of commands) define(program, run);
  return program;
}

/** The one place where a failure becomes a line on stderr and an exit code. */
function explain(error: unknown, host: CommandLineHost): number {
  const say = (text: string) => host.stderr.write(`leakline: ${printable(text)}\n`);
  if (error instanceof StoppedBySignal) {
    say("Stopped.");
    return exitCodeOfSignal(error.signal);
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.nothingFound;
    const { message, hint } = usageErrorOf(error, host.arguments);
    say(`${message} ${hint}`);
    return exitCodes.wrongUse;
  }
  if (error instanceof UserError) {
    say(`${error.message} ${error.hint}`);
    return exitCodeOfError(error.kind);
  }
  say(bugText(error, host));
  return exitCodes.noAnswer;
}

/** Commander's message as one sentence, with where to read more. */
function usageErrorOf({ code, message }: CommanderError, args: readonly string[]): UserError {
  const name = args.find((argument) => commandNames.includes(argument));
  const command = name ? `leakline ${name}` : "leakline";
  if (code === "commander.help") return wrongUsage("No command was given.", command);
  const sentence = message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .trim();
  const capital = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return wrongUsage(/[.)?]$/.test(capital) ? capital : `${capital}.`, command);
}

function bugText(error: unknown, host: CommandLineHost): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const frame = error instanceof Error ? /^\s+(at .*)$/m.exec(error.stack ?? "")?.[1] : undefined;
  const where = frame ? ` (${frame})` : "";
  return `Internal error: ${message}${where}. This is a bug in Leakline, not in your program. Please report it with this line and what you typed: Leakline ${host.toolVersion}, Node ${process.version}, ${process.platform} ${process.arch}.`;
}
