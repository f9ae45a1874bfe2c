import type { NodeProcess } from "../protocol/analysisApi.ts";
import { hasNodeName, isNode } from "./nodeProgram.ts";
import { catchesSignal } from "./openInspector.ts";
import {
  ageMsOf,
  hasProc,
  listeningSockets,
  listPids,
  readCommandLine,
  readExecutable,
  readStartVariable,
  readStat,
  readWorkingFolder,
} from "./procFiles.ts";
import { parseInspectorOptions } from "./procText.ts";
import { formatAddress } from "./targetAddress.ts";

/** The machine's Node processes that we may look at, the youngest first; `without` are our own. */
export function listNodeProcesses(without: readonly number[]): readonly NodeProcess[] {
  if (!hasProc()) return [];
  return listPids()
    .flatMap((pid) => (without.includes(pid) ? [] : (describe(pid) ?? [])))
    .toSorted((a, b) => a.ageMs - b.ageMs);
}

function describe(pid: number): NodeProcess | null {
  const executable = readExecutable(pid);
  const stat = readStat(pid);
  const commandLine = readCommandLine(pid);
  if (!executable || !stat || stat.state === "Z" || !commandLine?.length) return null;
  // Editors and desktop programs have Node inside, too, but don't let a signal open its inspector.
  if (!hasNodeName(executable) && !(catchesSignal(pid) && isNode(pid, executable))) return null;
  const options = parseInspectorOptions(commandLine, readStartVariable(pid, "NODE_OPTIONS") ?? "");
  const socket = listeningSockets(pid).find(({ localPort }) => localPort === options.port);
  return {
    pid,
    command: commandLine.join(" ").trim(),
    workingFolder: readWorkingFolder(pid),
    ageMs: ageMsOf(stat),
    inspector: socket ? formatAddress(socket.localHost, socket.localPort) : null,
  };
}
