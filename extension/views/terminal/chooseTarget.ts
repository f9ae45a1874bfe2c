import { isCancel, select } from "@clack/prompts";
import { formatCountOf } from "../../base/count.ts";
import { formatDuration } from "../../base/duration.ts";
import { printableData } from "../../base/printable.ts";
import type { NodeProcess } from "../../protocol/analysisApi.ts";
import { noTarget } from "../../protocol/usageErrors.ts";
import { type Column, table } from "./report/layout.ts";
import { type Session, StoppedBySignal } from "./session.ts";

const columns: readonly Column[] = [
  { heading: "pid", align: "right" },
  { heading: "age", align: "right" },
  { heading: "inspector", flexible: true },
  { heading: "working folder", flexible: true },
  { heading: "command", flexible: true },
];

/** The prompt's own frame and cursor stand before each line. */
const promptIndentation = 20;

/** Without a TARGET: the user picks one of the running Node processes, or is told what to type. */
export async function chooseTarget(session: Session): Promise<string> {
  const processes = printableData(await session.ask((api) => api.listNodeProcesses()));
  session.progress.clear();
  if (processes.length === 0)
    throw noTarget("No running Node process was found. Give a pid, host:port or a file.");
  return session.canAsk ? await ask(processes, session) : listOnly(processes, session);
}

async function ask(processes: readonly NodeProcess[], session: Session): Promise<string> {
  const { stdin, stderr } = session.host;
  const { rows } = table(
    columns,
    processes.map(cellsOf),
    (stderr.columns || 80) - promptIndentation,
  );
  const pid = await select({
    message: `${formatCountOf(processes.length, "Node process", "Node processes")} running. Which one?`,
    options: processes.map((process, index) => ({
      value: process.pid,
      label: rows[index] ?? String(process.pid),
    })),
    maxItems: 12,
    input: stdin,
    output: stderr,
    signal: session.stop,
  });
  session.stop.throwIfAborted();
  if (isCancel(pid)) throw new StoppedBySignal("SIGINT");
  return String(pid);
}

function listOnly(processes: readonly NodeProcess[], session: Session): never {
  const { stderr } = session.host;
  const width = stderr.isTTY ? stderr.columns || 80 : Number.POSITIVE_INFINITY;
  const { heading, rows } = table(columns, processes.map(cellsOf), width);
  stderr.write(`${[heading, ...rows].join("\n")}\n`);
  throw noTarget(`Choose one of these: leakline blocked ${processes[0]?.pid ?? "PID"}.`);
}

const cellsOf = ({ pid, ageMs, inspector, command, workingFolder }: NodeProcess) => [
  String(pid),
  formatDuration(ageMs),
  inspector ?? "closed",
  workingFolder ?? "",
  command,
];
