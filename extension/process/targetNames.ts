import { createHash } from "node:crypto";
import { nodeListeningAt } from "./nodeProgram.ts";
import { hasProc, processKey } from "./procFiles.ts";
import type { Reached } from "./reachProcess.ts";
import { formatAddress, isThisMachine, type TargetAddress } from "./targetAddress.ts";

type ProcessAddress = Exclude<TargetAddress, { kind: "file" }>;

/**
 * What a process can be recognised by when it is asked for again in another way. A name may outlive its
 * process: whoever finds one makes sure that the process behind it is still alive.
 */
export function namesOfRequest(address: ProcessAddress, proxy?: string): readonly string[] {
  const names = proxy === undefined ? [] : [socketName(proxy)];
  if (address.kind === "websocket") return [...names, socketName(address.url)];
  if (address.kind === "pid") return [...names, ...processNames(address.pid)];
  const { host, port } = address;
  const listener = hasProc() && isThisMachine(host) ? nodeListeningAt(host, port) : null;
  return [...names, ...processNames(listener), placeName(host, port)];
}

/** The names of a process that was reached, by whatever `address`. */
export function namesOf(reached: Reached, address: ProcessAddress): readonly string[] {
  const { via, pid, host, port, webSocketUrl } = reached;
  const socket = webSocketUrl === null ? [] : [socketName(webSocketUrl)];
  // What a debuggee calls its inspector is its own, also where the address leads elsewhere from here.
  if (via === "debugger proxy") {
    return address.kind === "websocket" ? [...socket, socketName(address.url)] : socket;
  }
  const place = port === null || address.kind === "websocket" ? [] : [placeName(host, port)];
  return [...socket, ...processNames(pid), ...place];
}

/** A file name for what the Leaklines of one user tell each other about a process. */
export function fileNameOf(names: readonly string[]): string {
  const kinds = ["process ", "target "];
  const name = kinds.flatMap((kind) => names.find((one) => one.startsWith(kind)) ?? [])[0];
  return name?.replace(" ", "-") ?? createHash("sha256").update(String(names[0])).digest("hex");
}

const placeName = (host: string, port: number) => `inspector ${formatAddress(host, port)}`;

function processNames(pid: number | null): readonly string[] {
  const key = pid === null ? null : processKey(pid);
  return key === null ? [] : [`process ${key}`];
}

const uuid = /^\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Node's id of an inspector is new at every start, and the same by whichever host it is reached. */
function socketName(url: string): string {
  const path = new URL(url).pathname.toLowerCase();
  return uuid.test(path) ? `target ${path.slice(1)}` : `socket ${url}`;
}
