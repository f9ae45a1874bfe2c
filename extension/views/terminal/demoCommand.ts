import { Argument, type Command } from "commander";
import { type DemoScenarioName, demoScenarios } from "../../protocol/demoScenarios.ts";
import { defaultMaxPauseSeconds } from "./commonOptions.ts";
import { compareWithDemo } from "./demoComparison.ts";
import { startDemo } from "./demoProcess.ts";
import { exitCodes } from "./exitCodes.ts";
import { readAndPrint } from "./readAndPrint.ts";
import { wrap } from "./report/layout.ts";
import type { RunCommand } from "./runCommand.ts";
import type { Session } from "./session.ts";

interface DemoOptions {
  readonly all: boolean;
}

const scenarioNames = demoScenarios.map(({ name }) => name);
const [defaultScenario] = scenarioNames;

const help = `
Scenarios:
${demoScenarios.map(({ name, summary }) => `  ${name.padEnd(15)}${summary}`).join("\n")}

Examples:
  leakline demo
  leakline demo self-retained --json

The demo counts its own registrations, and the verdict is compared with them.
--fail-on has no meaning here.

Exit code: 0 they agree, 1 they disagree, 2 wrong use,
3 the demo did not run or was lost.`;

export function defineDemo(program: Command, run: RunCommand): void {
  program
    .command("demo")
    .summary("start a small leaky program, attach to it and explain it")
    .description(
      "Starts a small leaky file service, attaches to it as to any other process, and shows the verdict.",
    )
    .addArgument(
      new Argument("[SCENARIO]", "what goes wrong in it")
        .choices(scenarioNames)
        .default(defaultScenario),
    )
    .option("--all", "show everything in full, also Node's own registries", false)
    .addHelpText("after", help)
    .action((scenario: DemoScenarioName, options: DemoOptions, command: Command) =>
      run(command, (session) => runDemo(scenario, options, session)),
    );
}

async function runDemo(
  name: DemoScenarioName,
  { all }: DemoOptions,
  session: Session,
): Promise<number> {
  const scenario = demoScenarios.find((each) => each.name === name) ?? demoScenarios[0];
  session.tell(`starting the demo ${name}: ${scenario.summary}`);
  const demo = startDemo(session.host.demo, name);
  try {
    const announcement = await session.orStopped(demo.announcement);
    const options = { all, snapshot: true, maxPause: defaultMaxPauseSeconds };
    const report = await readAndPrint(String(announcement.pid), options, session);
    const { agrees, text } = compareWithDemo(scenario, announcement, report);
    if (session.options.json) agrees ? session.tell(text) : session.warn(text);
    else await session.print(`\n${wrap(text, session.page(all).proseWidth).join("\n")}\n`);
    return agrees ? exitCodes.nothingFound : exitCodes.found;
  } finally {
    await demo.dispose();
  }
}
