import { type Command, Option } from "commander";
import { type ClassSortKey, classSortKeys } from "../../protocol/summaryReport.ts";
import { countUpTo } from "./commonOptions.ts";
import { exitCodes } from "./exitCodes.ts";
import { formatJson } from "./report/jsonReport.ts";
import { summaryText } from "./report/summaryText.ts";
import type { RunCommand } from "./runCommand.ts";
import type { Session } from "./session.ts";
import { withFile } from "./withTarget.ts";

interface SummaryOptions {
  readonly top: number;
  readonly sort: ClassSortKey;
  readonly filter?: string;
}

const examples = `
Examples:
  leakline summary app.heapsnapshot
  leakline summary app.heapsnapshot --filter socket --sort count
  leakline summary app.heapsnapshot --top 1000 --json

Classes, sizes and distances are those of Chrome DevTools' summary. A process is
written to a file first: leakline snapshot TARGET -o FILE.
--timeout and --fail-on have no meaning here.

Exit code: 0 the summary is printed, 2 wrong use or bad input, 3 the analysis
failed.`;

const mostRows = 100_000;

export function defineSummary(program: Command, run: RunCommand): void {
  program
    .command("summary")
    .summary("say what a heap snapshot consists of: classes, sizes, largest objects")
    .description(
      "Reads a heap snapshot and says what it consists of: its size by kind, its classes and the single objects that retain most.",
    )
    .argument("<FILE>", "a .heapsnapshot file")
    .addOption(
      new Option("--top <N>", "rows of each table").argParser(countUpTo(mostRows)).default(20),
    )
    .addOption(
      new Option("--sort <SIZE>", "what the classes are sorted by")
        .choices(classSortKeys)
        .default(classSortKeys[0]),
    )
    .option("--filter <TEXT>", "only classes with this in their names")
    .addHelpText("after", examples)
    .action((file: string, options: SummaryOptions, command: Command) =>
      run(command, (session) => summarize(file, options, session)),
    );
}

async function summarize(file: string, options: SummaryOptions, session: Session): Promise<number> {
  const { top, sort, filter = "" } = options;
  const request = { sort, filter, from: 0, count: top, objects: top };
  const report = await withFile(session, file, ({ id }) =>
    session.ask((api) => api.summary(id, request)),
  );
  const text = session.options.json
    ? formatJson(report)
    : summaryText(report, { sort, filter }, session.page(false));
  await session.print(text);
  return exitCodes.nothingFound;
}
