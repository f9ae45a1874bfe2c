/** What a debug session's process says of itself. */
export interface SessionProcess {
  readonly pid: number;
  readonly isMainThread: boolean;
  /** Its inspector's own address; null when it has none, as in a worker thread. */
  readonly url: string | null;
}

/** Reads only. `getBuiltinModule` is missing before Node 20.16, where the console brings `require`. */
export const sessionProcessExpression =
  '((get) => [process.pid, get("worker_threads").isMainThread, get("inspector").url() ?? ""].join(" "))(process.getBuiltinModule ?? require)';

/** Reads a debug adapter's answer to that; null for anything else. */
export function parseProcessAnswer(answer: unknown): SessionProcess | null {
  if (typeof answer !== "object" || answer === null || !("result" in answer)) return null;
  const { result } = answer;
  // A string comes as it would be written in source text.
  const text = typeof result === "string" ? result.replace(/^(['"`])(.*)\1$/, "$2") : "";
  const match = /^(\d+) (true|false) (wss?:\/\/\S+)?$/.exec(text);
  if (!match) return null;
  const url = match[3] ?? null;
  if (url !== null && !URL.canParse(url)) return null;
  return { pid: Number(match[1]), isMainThread: match[2] === "true", url };
}

/** Every start of Node has an address of its own: a wrong process behind the port can't answer to it. */
export function forwardedUrl(
  url: string,
  configuration: Readonly<Record<string, unknown>>,
): string | null {
  const { address, port } = configuration;
  if (configuration["request"] !== "attach" || typeof port !== "number") return null;
  const host = typeof address === "string" && address !== "" ? address : "127.0.0.1";
  const forwarded = new URL(url);
  forwarded.hostname = host.includes(":") ? `[${host}]` : host;
  forwarded.port = String(port);
  return forwarded.href === new URL(url).href ? null : forwarded.href;
}

/** js-debug names what it launches `server.js [4242]`. */
export function pidInName(name: string): number | null {
  const match = /\[(\d+)\]$/.exec(name.split(" « ")[0] ?? "");
  return match && Number(match[1]) > 0 ? Number(match[1]) : null;
}
