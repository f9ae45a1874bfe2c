import type { Command } from "commander";
import type { Session } from "./session.ts";

/** Runs the work of a command in a session of its own; the work says what the process ends with. */
export type RunCommand = (
  command: Command,
  work: (session: Session) => Promise<number>,
) => Promise<void>;
