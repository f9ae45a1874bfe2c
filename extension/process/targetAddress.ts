import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { needsFile } from "../protocol/heapErrors.ts";
import { fileNotFound, notATarget } from "../protocol/processErrors.ts";

/** What a TARGET names. */
export type TargetAddress =
  | { readonly kind: "pid"; readonly pid: number }
  | { readonly kind: "inspector"; readonly host: string; readonly port: number }
  | { readonly kind: "websocket"; readonly url: string }
  | { readonly kind: "file"; readonly path: string };

/** pid_t is a signed 32-bit number on every system that Node runs on. */
const largestPid = 2 ** 31 - 1;

/**
 * Reads a TARGET: digits are a pid, `host:port`, `:port` and `[::1]:port` an inspector, `ws://` the
 * address that Node printed, and anything else the path of a file that exists. Throws UserError.
 */
export function parseTarget(text: string): TargetAddress {
  if (/^\d+$/.test(text)) {
    const pid = Number(text);
    if (pid < 1 || pid > largestPid) throw notATarget(text);
    return { kind: "pid", pid };
  }
  if (/^wss?:\/\//i.test(text)) {
    if (!URL.canParse(text)) throw notATarget(text);
    return { kind: "websocket", url: text };
  }
  const address = /^(?:https?:\/\/)?(\[[0-9a-f:.]+\]|[^\s/:[\]]*):(\d{1,5})\/?$/i.exec(text);
  if (address && !existsSync(text)) {
    const port = Number(address[2]);
    if (port < 1 || port > 65_535) throw notATarget(text);
    const host = address[1]?.replace(/^\[|\]$/g, "") || "127.0.0.1";
    return { kind: "inspector", host, port };
  }
  if (existsSync(text)) return { kind: "file", path: text };
  if (/\.heapsnapshot$|[/\\]/i.test(text)) throw fileNotFound(text);
  throw notATarget(text);
}

/** Reads a FILE, whatever its name looks like. Throws UserError for a process too: what to do then is another. */
export function parseFile(text: string): Extract<TargetAddress, { readonly kind: "file" }> {
  if (existsSync(text)) return { kind: "file", path: text };
  const looksLikeProcess = /^\d+$|^wss?:\/\/|^(?:https?:\/\/)?[^\s/]*:\d{1,5}\/?$/i.test(text);
  throw looksLikeProcess ? needsFile(text) : fileNotFound(text);
}

/** `127.0.0.1:9229`, `[::1]:9229`. */
export const formatAddress = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

/** Addresses that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\./.test(host);

/** Addresses at which this machine reaches itself. */
export const isThisMachine = (host: string): boolean =>
  isLoopback(host) ||
  host === "0.0.0.0" ||
  host === "::" ||
  Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === host),
  );
