import { once } from "node:events";
import { createRequire } from "node:module";
import CDP from "chrome-remote-interface";
import { onTestFinished } from "vitest";

/** The part of `ws` that is needed: chrome-remote-interface brings it along, without its types. */
interface WebSocketServer {
  address(): { readonly port: number };
  on(event: "connection", listener: (client: WebSocketClient) => void): void;
  once(event: "listening", listener: () => void): void;
  readonly clients: Iterable<WebSocketClient>;
  close(): void;
}
interface WebSocketClient {
  on(event: "message", listener: (data: unknown) => void): void;
  on(event: "close", listener: () => void): void;
  send(text: string): void;
  terminate(): void;
}
const { Server } = createRequire(createRequire(import.meta.url).resolve("chrome-remote-interface"))(
  "ws",
) as { readonly Server: new (options: object) => WebSocketServer };

/** A client by the names of methods and events, whichever domain they belong to. */
export interface AnyClient {
  send(method: string, parameters?: object): Promise<Record<string, unknown>>;
  on(event: string, listener: (data: Record<string, unknown>) => void): void;
  close(): Promise<void>;
}

export const connectClient = async (webSocketUrl: string): Promise<AnyClient> => {
  const client = (await CDP({ target: webSocketUrl, local: true })) as unknown as AnyClient;
  onTestFinished(() => client.close());
  return client;
};

export interface DebuggerProxy {
  readonly url: string;
  /** The debugger's own session, which everybody shares. */
  readonly session: AnyClient;
  /** What was asked of the process through the proxy, in order. */
  readonly methods: readonly string[];
  readonly connections: () => number;
}

/**
 * A debugger that is attached to a process and lends its session, as js-debug does (its
 * src/adapter/cdpProxy.ts): no event passes before `JsDebug.subscribe`, and nothing that was asked is
 * withdrawn when a client leaves.
 */
export async function startDebuggerProxy(webSocketUrl: string): Promise<DebuggerProxy> {
  const session = await connectClient(webSocketUrl);
  await session.send("Runtime.enable");
  await session.send("Debugger.enable");
  await session.send("Debugger.setAsyncCallStackDepth", { maxDepth: 32 });
  const methods: string[] = [];
  let connections = 0;
  const server = new Server({ host: "127.0.0.1", port: 0, path: "/proxy" });
  server.on("connection", (client) => {
    connections++;
    client.on("message", async (data) => {
      const { id, method, params } = JSON.parse(String(data)) as {
        readonly id: number;
        readonly method: string;
        readonly params: { readonly events?: readonly string[] };
      };
      methods.push(method);
      if (method === "JsDebug.subscribe") {
        for (const event of params.events ?? []) {
          session.on(event, (given) =>
            client.send(JSON.stringify({ method: event, params: given })),
          );
        }
        client.send(JSON.stringify({ id, result: {} }));
        return;
      }
      const answer = await session.send(method, params).then(
        (result) => ({ id, result }),
        (error: Error) => ({ id, error: { code: -32_000, message: error.message } }),
      );
      client.send(JSON.stringify(answer));
    });
  });
  await once(server as unknown as NodeJS.EventEmitter, "listening");
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return {
    url: `ws://127.0.0.1:${server.address().port}/proxy`,
    session,
    methods,
    connections: () => connections,
  };
}
