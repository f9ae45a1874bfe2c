import { type GenericFormatter, SingleBar } from "cli-progress";
import { printable } from "../../base/printable.ts";
import type { AnalysisEvent } from "../../protocol/analysisApi.ts";
import { shortenEnd } from "./report/layout.ts";

/** Shows what the analysis is doing, on stderr. `clear` takes it off before anything else is written. */
export interface ProgressDisplay {
  show(event: AnalysisEvent): void;
  clear(): void;
}

export const noProgress: ProgressDisplay = { show() {}, clear() {} };

const barWidth = 24;

/** A bar that is redrawn in place: for a terminal. */
export function progressBar(stderr: NodeJS.WriteStream): ProgressDisplay {
  let bar: SingleBar | undefined;
  const clear = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    clear,
    show(event) {
      if (event.kind === "notice") {
        clear();
        stderr.write(noticeLine(event.text));
        return;
      }
      const payload = { phase: printable(event.phase), known: event.fraction !== null };
      const value = event.fraction ?? 0;
      if (bar) bar.update(value, payload);
      else {
        bar = new SingleBar({
          stream: stderr,
          format: drawBar(() => stderr.columns || 80),
          hideCursor: true,
          clearOnComplete: true,
          fps: 15,
        });
        bar.start(1, value, payload);
      }
    },
  };
}

function drawBar(columns: () => number): GenericFormatter {
  return (_options, { progress }, { phase, known }: { phase: string; known: boolean }) => {
    if (!known) return shortenEnd(`${phase}…`, columns() - 1);
    const filled = Math.round(Math.min(1, progress) * barWidth);
    const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
    const percentage = `${percent(progress)} %`.padStart(5);
    return shortenEnd(`${bar} ${percentage}  ${phase}`, columns() - 1);
  };
}

/** A line when a phase begins and one when it is done: for a log file. */
export function progressLines(stderr: NodeJS.WriteStream): ProgressDisplay {
  const said = new Set<string>();
  const say = (line: string) => {
    if (!said.has(line)) stderr.write(line);
    said.add(line);
  };
  let current: string | undefined;
  return {
    clear() {},
    show(event) {
      if (event.kind === "notice") return say(noticeLine(event.text));
      const phase = printable(event.phase);
      const done = event.fraction !== null && event.fraction >= 1;
      if (phase === current && !done) return undefined;
      current = phase;
      const at = event.fraction === null ? "" : ` ${percent(event.fraction)} %`;
      return say(`leakline: ${phase}${at}\n`);
    },
  };
}

const noticeLine = (text: string) => `leakline: ${printable(text)}\n`;

/** Rounds down: 100 % means done. */
const percent = (fraction: number) => Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
