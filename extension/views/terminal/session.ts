import { once } from "node:events";
import { createColors } from "picocolors";
import { withDeadline } from "../../base/deadline.ts";
import { printable } from "../../base/printable.ts";
import type { Analysis, AnalysisApi, AnalysisEvent } from "../../protocol/analysisApi.ts";
import { UserError } from "../../protocol/errors.ts";
import {
  cannotStartAnalysis,
  cannotWriteOutput,
  closingTookTooLong,
} from "../../protocol/usageErrors.ts";
import type { CommonOptions } from "./commonOptions.ts";
import { exitCodeOfSignal } from "./exitCodes.ts";
import type { CommandLineHost, StopSignal } from "./host.ts";
import { noProgress, type ProgressDisplay, progressBar, progressLines } from "./progressDisplay.ts";
import { createPage, type Page } from "./report/page.ts";

/** The user's signal ended the work; the target was put back before this arrives anywhere. */
export class StoppedBySignal extends Error {
  override readonly name = "StoppedBySignal";
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(`Stopped by ${signal}.`);
    this.signal = signal;
  }
}

/** For a terminal that doesn't say how wide it is. */
const usualColumns = 80;
/** The analysis process puts a target back within less. */
const closeDeadlineMs = 5000;

/** One run of a command: its way to the user, and the analysis from the first question on. */
export class Session {
  readonly host: CommandLineHost;
  readonly options: CommonOptions;
  readonly progress: ProgressDisplay;
  readonly #stop = new AbortController();
  readonly #stopListening: () => void;
  #analysis: Analysis | undefined;

  constructor(host: CommandLineHost, options: CommonOptions) {
    this.host = host;
    this.options = options;
    this.progress = chooseProgress(host, options);
    this.#stopListening = host.onSignal((signal) => {
      if (this.#stop.signal.aborted) {
        this.progress.clear();
        host.exit(exitCodeOfSignal(signal));
        return;
      }
      this.progress.clear();
      this.#stop.abort(new StoppedBySignal(signal));
    });
  }

  /** Aborted, with a StoppedBySignal, by the first signal. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether somebody is there to answer a question. */
  get canAsk(): boolean {
    return this.host.stdin.isTTY === true && this.host.stderr.isTTY === true;
  }

  page(all: boolean): Page {
    const { stdout, workingFolder } = this.host;
    return createPage(stdout.isTTY ? stdout.columns || usualColumns : null, {
      colors: createColors(wantsColor(this.host, this.options)),
      workingFolder,
      all,
    });
  }

  /** One question to the analysis. Rejects with StoppedBySignal once a signal came. */
  async ask<Answer>(question: (api: AnalysisApi) => Promise<Answer>): Promise<Answer> {
    this.stop.throwIfAborted();
    try {
      const { signal } = this.#stop;
      const onEvent = (event: AnalysisEvent) => this.progress.show(event);
      return await question(this.#startedAnalysis().bind({ signal, onEvent }));
    } catch (error) {
      this.stop.throwIfAborted();
      throw error;
    }
  }

  /** The same for work that is not the analysis's: it goes on, but nobody waits for it any more. */
  async orStopped<Result>(work: Promise<Result>): Promise<Result> {
    const stopped = this.stop.aborted ? Promise.resolve() : once(this.stop, "abort");
    return Promise.race([work, stopped.then(() => Promise.reject(this.stop.reason))]);
  }

  /** Like `ask`, but a signal does not interrupt it: for putting a target back. */
  async askToClose<Answer>(question: (api: AnalysisApi) => Promise<Answer>): Promise<Answer> {
    const answer = question(this.#startedAnalysis().bind({}));
    return withDeadline(answer, closeDeadlineMs, closingTookTooLong);
  }

  /** Writes a result. A reader that has gone, such as `head`, is no failure. */
  async print(text: string): Promise<void> {
    this.progress.clear();
    const failure = await write(this.host.stdout, text);
    if (failure && !isReaderGone(failure)) throw cannotWriteOutput(failure.message);
  }

  /** Tells the user something beside the result, unless they asked for silence. */
  tell(text: string): void {
    if (!this.options.quiet) this.warn(text);
  }

  /** Tells the user what they must know, --quiet or not. */
  warn(text: string): void {
    this.progress.clear();
    this.host.stderr.write(`leakline: ${printable(text)}\n`);
  }

  async dispose(): Promise<void> {
    this.progress.clear();
    await this.#analysis?.dispose();
    this.#stopListening();
  }

  #startedAnalysis(): Analysis {
    if (this.#analysis) return this.#analysis;
    try {
      this.#analysis = this.host.startAnalysis();
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw cannotStartAnalysis(error instanceof Error ? error.message : String(error));
    }
    return this.#analysis;
  }
}

function chooseProgress({ stderr, environment }: CommandLineHost, { quiet }: CommonOptions) {
  if (quiet) return noProgress;
  const canRedraw = stderr.isTTY && environment["TERM"] !== "dumb";
  return canRedraw ? progressBar(stderr) : progressLines(stderr);
}

/** The option decides first, then NO_COLOR, then FORCE_COLOR, then whether somebody looks. */
export function wantsColor(
  { stdout, environment }: Pick<CommandLineHost, "stdout" | "environment">,
  { color }: Pick<CommonOptions, "color">,
): boolean {
  if (!color || environment["NO_COLOR"]) return false;
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return stdout.isTTY === true && environment["TERM"] !== "dumb";
}

const write = (stream: NodeJS.WriteStream, text: string) =>
  new Promise<Error | null>((resolve) => {
    stream.write(text, (error) => resolve(error ?? null));
  });

const isReaderGone = (error: NodeJS.ErrnoException) =>
  error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || error.code === "EOF";
