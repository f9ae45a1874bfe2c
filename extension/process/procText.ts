/** Parsers of the text that Linux shows under /proc (see proc(5)). Pure, so that recorded text tests them. */

export interface ProcessStat {
  readonly command: string;
  /** One letter: R running, S sleeping, D waiting for a disk, T stopped, t traced, Z ended. */
  readonly state: string;
  readonly parentPid: number;
  /** Clock ticks since the machine started. */
  readonly startTicks: number;
  /** Clock ticks that the task has computed, in user and kernel mode. */
  readonly computedTicks: number;
}

/** /proc/PID/stat. The command stands in parentheses and may contain spaces and parentheses itself. */
export function parseStat(text: string): ProcessStat | null {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const fields = text
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const number = (index: number) => Number(fields[index] ?? Number.NaN);
  return {
    command: text.slice(open + 1, close),
    state: fields[0] ?? "?",
    parentPid: number(1),
    computedTicks: number(11) + number(12),
    startTicks: number(19),
  };
}

/** Whether a mask of /proc/PID/status (SigCgt, SigBlk, SigIgn; hexadecimal) has the signal's bit. */
export function maskHasSignal(status: string, mask: string, signal: number): boolean {
  const text = new RegExp(`^${mask}:\\s*([0-9a-f]+)`, "m").exec(status)?.[1];
  return text !== undefined && ((BigInt(`0x${text}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** NSpid of /proc/PID/status: the process's number in each of its pid namespaces, the outermost first. */
export function namespacePidsOf(status: string): readonly number[] {
  const text = /^NSpid:[ \t]*([\d \t]+)$/m.exec(status)?.[1];
  return text === undefined ? [] : text.trim().split(/\s+/).map(Number);
}

/** /proc/PID/cmdline and environ: strings that end with a zero byte. */
export const splitZeroTerminated = (text: string): string[] =>
  text.split("\0").filter((part, index, all) => part !== "" || index < all.length - 1);

export interface SocketRow {
  readonly localHost: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly state: "listening" | "established" | "other";
  readonly inode: string;
}

/** /proc/net/tcp and tcp6: addresses are hexadecimal, in the machine's (little-endian) words. */
export function parseSockets(text: string): SocketRow[] {
  const rows: SocketRow[] = [];
  for (const line of text.split("\n").slice(1)) {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
    const [host, port] = local?.split(":") ?? [];
    if (!host || !port || !inode) continue;
    rows.push({
      localHost: parseHexAddress(host),
      localPort: Number.parseInt(port, 16),
      remotePort: Number.parseInt(remote?.split(":")[1] ?? "0", 16),
      state: state === "0A" ? "listening" : state === "01" ? "established" : "other",
      inode,
    });
  }
  return rows;
}

function parseHexAddress(hex: string): string {
  const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  const words: number[][] = [];
  for (let start = 0; start < bytes.length; start += 4) {
    words.push(bytes.slice(start, start + 4).toReversed());
  }
  const ordered = words.flat();
  if (ordered.length === 4) return ordered.join(".");
  if (ordered.slice(0, 10).every((byte) => byte === 0) && ordered[10] === 255) {
    return ordered.slice(12).join(".");
  }
  if (ordered.every((byte) => byte === 0)) return "::";
  if (ordered.slice(0, 15).every((byte) => byte === 0) && ordered[15] === 1) return "::1";
  const groups: string[] = [];
  for (let start = 0; start < ordered.length; start += 2) {
    groups.push((((ordered[start] ?? 0) << 8) | (ordered[start + 1] ?? 0)).toString(16));
  }
  return groups.join(":");
}

const isWildcard = (host: string) => host === "0.0.0.0" || host === "::";
const isLocalName = (host: string) => host === "localhost";

/** Whether two sockets with these addresses and one port would be in each other's way. */
export const addressesOverlap = (a: string, b: string): boolean =>
  a === b || [a, b].some((host) => isWildcard(host) || isLocalName(host));

/** What a Node command line and NODE_OPTIONS say of the inspector. */
export interface InspectorOptions {
  /** The port that it listens on or would open: 9229 unless given, 0 for any free one. */
  readonly port: number;
  readonly host: string | null;
  /** It opens by itself, without a signal. */
  readonly isOpenAtStart: boolean;
  readonly signalDisabled: boolean;
}

const defaultInspectorPort = 9229;

/**
 * Reads Node's own options only: they end at the script. `--inspect[-brk|-wait]=[host:]port` and
 * `--inspect-port=…` (or `--debug-port`), as one word or two; the last one counts.
 */
export function parseInspectorOptions(
  commandLine: readonly string[],
  nodeOptions: string,
): InspectorOptions {
  let port = defaultInspectorPort;
  let host: string | null = null;
  let isOpenAtStart = false;
  let signalDisabled = false;
  const words = [...nodeOptions.split(/\s+/).filter(Boolean), ...ownOptions(commandLine)];
  for (const [index, word] of words.entries()) {
    // The permission model switches the inspector off.
    if (/^--(disable-sigusr1|(experimental-)?permission)$/.test(word)) signalDisabled = true;
    const option = /^--(inspect(?:-brk|-wait)?|inspect-port|debug-port)(?:=(.*))?$/.exec(word);
    if (!option) continue;
    const takesWord = option[1] === "inspect-port" || option[1] === "debug-port";
    isOpenAtStart ||= !takesWord;
    const value = option[2] ?? (takesWord ? words[index + 1] : undefined);
    const place = value === undefined ? null : /^(?:(.*):)?(\d+)$/.exec(value);
    if (place) {
      port = Number(place[2]);
      host = place[1]?.replace(/^\[|\]$/g, "") ?? host;
    } else if (value) {
      host = value;
    }
  }
  if (words.includes("--allow-inspector")) signalDisabled = words.includes("--disable-sigusr1");
  return { port, host, isOpenAtStart, signalDisabled };
}

function ownOptions(commandLine: readonly string[]): readonly string[] {
  const separateValue =
    /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--inspect-port|--debug-port|--title|--icu-data-dir|-e|--eval|-p|--print)$/;
  let end = 1;
  while (end < commandLine.length) {
    const word = commandLine[end] ?? "";
    if (word === "--" || !word.startsWith("-")) break;
    end += separateValue.test(word) ? 2 : 1;
  }
  return commandLine.slice(1, end);
}

/** The script that a Node command line runs, null for -e, a REPL or stdin. */
export function scriptOf(commandLine: readonly string[]): string | null {
  const options = ownOptions(commandLine);
  if (options.some((word) => /^(-e|--eval|-p|--print)$/.test(word))) return null;
  const script = commandLine[1 + options.length];
  return script === "--" ? (commandLine[2 + options.length] ?? null) : (script ?? null);
}

/** `exec_start` of /proc/PID/task/TID/sched: when the task last ran, in milliseconds of the machine's clock. */
export function parseLastRanMs(sched: string): number | null {
  const text = /^se\.exec_start\s*:\s*([\d.]+)|^exec_start\s*:\s*([\d.]+)/m.exec(sched);
  const value = text?.[1] ?? text?.[2];
  return value === undefined ? null : Number(value);
}
