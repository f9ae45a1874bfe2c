import { type Command, InvalidArgumentError, Option } from "commander";
import { type FindingKind, findingKinds } from "../../protocol/finding.ts";

/** Options that every command takes, before or after its name. */
export interface CommonOptions {
  readonly json: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  /** Longest time for one answer of the inspected process, in seconds. */
  readonly timeout: number;
  /** Null: every warning and error counts. */
  readonly failOn: ReadonlySet<FindingKind> | null;
}

export const defaultTimeoutSeconds = 10;
export const defaultMaxPauseSeconds = 5;
/** A day; more than setTimeout's 24.8 days would fire at once. */
const mostSeconds = 86_400;

export function addCommonOptions(program: Command): void {
  program
    .option("--json", "print one JSON document instead of text", false)
    .option("--no-color", "print without colours (so does a pipe, and NO_COLOR)")
    .option("--quiet", "print no progress and no remarks on standard error", false)
    .addOption(
      new Option("--timeout <SECONDS>", "longest time for one answer of the process")
        .argParser(positiveSeconds)
        .default(defaultTimeoutSeconds),
    )
    .addOption(
      new Option(
        "--fail-on <VERDICT,…>",
        "end with 1 only for these verdicts, whatever their severity",
      )
        .argParser(parseVerdicts)
        .default(null, "every warning and error"),
    );
}

/** Above 0 and at most a day. */
export function positiveSeconds(text: string): number {
  const seconds = zeroOrMoreSeconds(text);
  if (seconds === 0) throw new InvalidArgumentError("It must be more than 0.");
  return seconds;
}

/** From 0 to a day. */
export function zeroOrMoreSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= mostSeconds))
    throw new InvalidArgumentError(`It must be a number of seconds, at most ${mostSeconds}.`);
  return seconds;
}

/** A whole number of that many at most, for rows and levels. */
export const countUpTo =
  (most: number) =>
  (text: string): number => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(count <= most)) throw new InvalidArgumentError(`It must be a number from 0 to ${most}.`);
    return count;
  };

export function parseVerdicts(
  text: string,
  before: ReadonlySet<FindingKind> | null,
): ReadonlySet<FindingKind> {
  const kinds = new Set(before);
  for (const name of text.split(",").map((part) => part.trim())) {
    const kind = findingKinds.find((each) => each === name);
    if (!kind) {
      const what = name === "" ? "A verdict is missing" : `There is no verdict ${name}`;
      throw new InvalidArgumentError(`${what}. Verdicts are ${findingKinds.join(", ")}.`);
    }
    kinds.add(kind);
  }
  return kinds;
}
