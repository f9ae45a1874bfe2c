import { fileURLToPath } from "node:url";

export interface HealthyProgram {
  readonly title: string;
  readonly file: string;
  /** An npm package of the cache: its folder is the program's first argument. */
  readonly package?: { readonly name: string; readonly version: string };
}

/** Ordinary programs with nothing wrong in them, on every Node version: nothing above info is to be found. */
export const healthyPrograms: readonly HealthyProgram[] = [
  { title: "an HTTP server under load", file: "httpServer.js" },
  { title: "undici fetches", file: "fetchLoop.js" },
  { title: "a pipeline of streams", file: "streamPipeline.js" },
  { title: "a pool of worker threads", file: "workerPool.js" },
  {
    title: "a TypeScript compile",
    file: "typescriptCompile.js",
    package: { name: "typescript", version: "5.9" },
  },
  { title: "timers and emitters", file: "timersAndEmitters.js" },
  { title: "a cache of weak references", file: "weakCache.js" },
  { title: "a server with AsyncLocalStorage", file: "asyncLocalStorage.js" },
  { title: "file handles and a database", file: "fileHandles.js" },
  { title: "a manager of child processes", file: "childProcesses.js" },
  { title: "abort signals", file: "abortSignals.js" },
  { title: "web streams", file: "webStreams.js" },
  { title: "an HTTP/2 server", file: "http2Server.js" },
  { title: "message ports", file: "messagePorts.js" },
  { title: "async generators", file: "asyncGenerators.js" },
];

const folder = fileURLToPath(new URL("../integration/programs/", import.meta.url));

export const healthyProgramFile = ({ file }: HealthyProgram): string => `${folder}${file}`;
