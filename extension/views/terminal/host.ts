import type { Analysis } from "../../protocol/analysisApi.ts";

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** What the command line needs of the process that it runs in; `entry/cli` gives the real one. */
export interface CommandLineHost {
  /** Without the interpreter and the script. */
  readonly arguments: readonly string[];
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: NodeJS.ProcessEnv;
  readonly workingFolder: string;
  /** Returns how to stop listening. While somebody listens, a signal does not end the process. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** Ends at once: the answer to a second Ctrl-C. */
  exit(code: number): void;
  readonly toolVersion: string;
  readonly demo: DemoProgram;
  /** Called at most once, and only when a target is to be opened. */
  startAnalysis(): Analysis;
}

export interface DemoProgram {
  readonly scriptPath: string;
  readonly nodeBinary: string;
}
