import { randomBytes } from "node:crypto";
import { get, type RequestOptions } from "node:http";
import { get as getSecurely } from "node:https";
import type { UserError } from "../protocol/errors.ts";
import { nobodyListens, notAnInspector } from "../protocol/processErrors.ts";
import { formatAddress } from "./targetAddress.ts";

/** One thread that can be debugged, as the inspector's HTTP server lists it. */
export interface InspectorTarget {
  readonly webSocketUrl: string;
  readonly title: string;
}

const largestAnswerBytes = 1_000_000;

/** Asks an inspector's HTTP server for its targets. Rejects with UserError when it is no Node inspector. */
export async function listInspectorTargets(
  host: string,
  port: number,
  deadlineMs: number,
): Promise<readonly [InspectorTarget, ...InspectorTarget[]]> {
  const address = formatAddress(host, port);
  const version = parseJson(await fetchText(host, port, "/json/version", deadlineMs), address);
  const browser = isRecord(version) ? version["Browser"] : undefined;
  if (typeof browser !== "string" || !browser.startsWith("node.js/")) {
    throw notAnInspector(
      address,
      typeof browser === "string"
        ? `it says it is ${printable(browser)}`
        : "it speaks another protocol",
    );
  }
  const listed = parseJson(await fetchText(host, port, "/json/list", deadlineMs), address);
  const targets = (Array.isArray(listed) ? listed : []).flatMap((entry: unknown) => {
    const id = isRecord(entry) ? entry["id"] : undefined;
    if (!isRecord(entry) || typeof id !== "string" || !/^[\w-]+$/.test(id)) return [];
    const title = typeof entry["title"] === "string" ? entry["title"] : "";
    // Built from what we asked, not from what it answered: behind a forwarded port its own idea of
    // its address is wrong.
    return [{ webSocketUrl: `ws://${address}/${id}`, title }];
  });
  const [first, ...rest] = targets;
  if (!first) throw notAnInspector(address, "it lists nothing that can be debugged");
  return [first, ...rest];
}

function fetchText(host: string, port: number, path: string, deadlineMs: number): Promise<string> {
  const address = formatAddress(host, port);
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false, headers: { host: `127.0.0.1:${port}` } });
    const give = (error: Error) => {
      clearTimeout(timer);
      request.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => give(notAnInspector(address, `it did not answer within ${deadlineMs} ms`)),
      deadlineMs,
    );
    request.on("error", (error: NodeJS.ErrnoException) => give(unreachable(address, error.code)));
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > largestAnswerBytes)
          give(notAnInspector(address, "its answer has no end"));
      });
      response.on("end", () => {
        clearTimeout(timer);
        if (response.statusCode === 200) resolve(text);
        else reject(notAnInspector(address, `it answers HTTP status ${response.statusCode}`));
      });
      response.on("error", () => give(notAnInspector(address, "its answer broke off")));
    });
  });
}

/** A server that greets does so at once; one that waits for a question stays silent. */
const greetingMs = 60;

/**
 * Makes sure that a WebSocket can be opened at a `ws://` or `wss://` address, and that what is there
 * doesn't speak first, as no inspector does. Rejects with UserError.
 */
export function checkWebSocket(url: string, address: string, deadlineMs: number): Promise<void> {
  const { protocol, host, hostname, port, pathname, search } = new URL(url);
  const options: RequestOptions = {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port || (protocol === "wss:" ? 443 : 80),
    path: `${pathname}${search}`,
    agent: false,
    headers: {
      host,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
    },
  };
  return new Promise((resolve, reject) => {
    const request = protocol === "wss:" ? getSecurely(options) : get(options);
    const settle = (error?: Error) => {
      clearTimeout(timer);
      request.destroy();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(
      () => settle(notAnInspector(address, `it did not answer within ${deadlineMs} ms`)),
      deadlineMs,
    );
    request.on("error", ({ code }: NodeJS.ErrnoException) => settle(unreachable(address, code)));
    request.on("response", () => settle(notAnInspector(address, "it serves no WebSocket there")));
    request.on("upgrade", (_response, socket, head) => {
      const quiet = setTimeout(() => {
        socket.destroy();
        settle();
      }, greetingMs);
      const speaks = () => {
        clearTimeout(quiet);
        socket.destroy();
        settle(notAnInspector(address, "it speaks before it is asked"));
      };
      socket.on("error", () => {});
      if (head.length > 0) speaks();
      else socket.once("data", speaks);
    });
  });
}

/** Tells from a system's error code whether nobody is there, or somebody with another protocol. */
export function unreachable(address: string, code: string | undefined): UserError {
  const reason = code === undefined ? undefined : networkFailures[code];
  return reason === undefined
    ? notAnInspector(address, "it does not speak HTTP")
    : nobodyListens(address, reason);
}

const networkFailures: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "unknown host",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  EADDRNOTAVAIL: "no such address",
  EACCES: "connection forbidden",
  ETIMEDOUT: "no connection in time",
};

function parseJson(text: string, address: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAnInspector(address, "its answer is not JSON");
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** What a stranger's server says is shown without control characters, and not at length. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 60);
