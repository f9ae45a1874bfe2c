import { type Command, InvalidArgumentError, Option } from "commander";
import type { AnalysisApi, OpenedTarget } from "../../protocol/analysisApi.ts";
import type { RetainersReport } from "../../protocol/retainersReport.ts";
import { wrongUsage } from "../../protocol/usageErrors.ts";
import { countUpTo } from "./commonOptions.ts";
import { exitCodes } from "./exitCodes.ts";
import { formatJson } from "./report/jsonReport.ts";
import { retainersText } from "./report/retainersText.ts";
import type { RunCommand } from "./runCommand.ts";
import type { Session } from "./session.ts";
import { withFile } from "./withTarget.ts";

interface RetainersOptions {
  readonly id?: number;
  readonly class?: string;
  readonly depth: number;
  readonly top: number;
}

const examples = `
Examples:
  leakline retainers app.heapsnapshot --id 71095
  leakline retainers app.heapsnapshot --class Session
  leakline retainers app.heapsnapshot --class "(string)" --depth 4

An object's id (@71095) stands in the other reports, and in Chrome DevTools. Of a
class the paths of all objects are merged: an element's index and the key of a
dictionary don't count.
--timeout and --fail-on have no meaning here.

Exit code: 0 the retainers are printed, 2 wrong use, bad input, no such object or
class, 3 the analysis failed.`;

const deepest = 50;
const mostRows = 10_000;
/** Of one object more paths than that seldom say more. */
const mostPathsOfObject = 3;

export function defineRetainers(program: Command, run: RunCommand): void {
  program
    .command("retainers")
    .summary("say what keeps an object, or the objects of a class, alive")
    .description(
      "Reads a heap snapshot and says what keeps an object, or all objects of a class, alive: the paths from the roots, and who holds them.",
    )
    .argument("<FILE>", "a .heapsnapshot file")
    .addOption(new Option("--id <N>", "an object's id, with or without @").argParser(parseObjectId))
    .addOption(new Option("--class <NAME>", "the name of a class").conflicts("id"))
    .addOption(
      new Option("--depth <N>", "levels of the tree of retainers")
        .argParser(countUpTo(deepest))
        .default(2),
    )
    .addOption(
      new Option("--top <N>", "ways, and rows of each level")
        .argParser(countUpTo(mostRows))
        .default(10),
    )
    .addHelpText("after", examples)
    .action((file: string, options: RetainersOptions, command: Command) =>
      run(command, (session) => showRetainers(file, options, session)),
    );
}

/** V8 keeps them in 32 bits. */
const largestId = 2 ** 32 - 1;

function parseObjectId(text: string): number {
  const id = /^@?\d+$/.test(text) ? Number(text.replace("@", "")) : Number.NaN;
  if (!(id <= largestId)) throw new InvalidArgumentError("It must be a number, such as 71095.");
  return id;
}

async function showRetainers(
  file: string,
  options: RetainersOptions,
  session: Session,
): Promise<number> {
  const question = questionOf(options);
  const report = await withFile(session, file, (opened) =>
    session.ask((api) => question(api, opened)),
  );
  const { json } = session.options;
  await session.print(json ? formatJson(report) : retainersText(report, session.page(false)));
  return exitCodes.nothingFound;
}

/** Before the file is read, which may take a while. */
function questionOf({
  id,
  class: className,
  depth,
  top,
}: RetainersOptions): (api: AnalysisApi, opened: OpenedTarget) => Promise<RetainersReport> {
  const request = { depth, from: 0, count: top, pathsFrom: 0 };
  if (id !== undefined) {
    const pathCount = Math.min(top, mostPathsOfObject);
    return (api, opened) => api.retainers(opened.id, id, { ...request, pathCount });
  }
  if (className !== undefined) {
    return (api, opened) =>
      api.classRetainers(opened.id, className, { ...request, pathCount: top });
  }
  throw wrongUsage("Of what? Give --id N or --class NAME.", "leakline retainers");
}
