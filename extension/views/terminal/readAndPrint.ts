import { snapshotPrice } from "../../pipeline/snapshotPrice.ts";
import type { OpenedTarget } from "../../protocol/analysisApi.ts";
import { UserError } from "../../protocol/errors.ts";
import { noAnswerProblemCodes, snapshotNotTaken } from "../../protocol/problemCodes.ts";
import type { Problem, Report } from "../../protocol/report.ts";
import { firstLook } from "./report/firstLook.ts";
import { printReport } from "./report/printReport.ts";
import type { Session } from "./session.ts";
import { announceSnapshot, confirmSnapshot } from "./snapshotDecision.ts";
import { withTarget } from "./withTarget.ts";

export interface ReadingOptions {
  /** Longest pause that a snapshot may cause unasked, in seconds. */
  readonly maxPause: number;
  /** Undefined: its price decides. */
  readonly snapshot?: boolean;
  readonly all: boolean;
}

/**
 * Looks at a process first and prints what it sees; then reads the heap if the price allows it, and
 * prints the report. If that fails, what the look saw is printed before the failure is thrown: it is
 * still true, and may be all that there will ever be of this process.
 */
export async function readAndPrint(
  target: string,
  options: ReadingOptions,
  session: Session,
): Promise<Report> {
  let lookedAt: Report | undefined;
  const read = async (opened: OpenedTarget): Promise<Report> => {
    const capture = () => session.ask((api) => api.capture(opened.id));
    if (opened.kind === "file") return capture();
    lookedAt = await session.ask((api) => api.look(opened.id));
    const next = await decide(lookedAt, options, session);
    return next === "capture" ? capture() : next;
  };
  const report = await withTarget(session, target, read).catch(async (error: unknown) => {
    if (lookedAt && error instanceof UserError) {
      const { code, message, hint } = error;
      await printReport(withProblem(lookedAt, { code, message, hint }), session, options.all);
    }
    throw error;
  });
  session.stop.throwIfAborted();
  await printReport(report, session, options.all);
  return report;
}

/** Whether to take a snapshot now, or the report to end with. */
async function decide(
  look: Report,
  { maxPause, snapshot, all }: ReadingOptions,
  session: Session,
): Promise<"capture" | Report> {
  const price = snapshotPrice(look.capture, maxPause);
  // A process that can't say what it is doing won't write a snapshot either.
  const answers = !look.problems.some(({ code }) => noAnswerProblemCodes.has(code));
  if (!(snapshot ?? answers)) return look;
  const mustAsk = snapshot === undefined && price.tooHigh;
  if (mustAsk && !session.canAsk) {
    const { estimatedPauseMs } = look.capture;
    return withProblem(look, snapshotNotTaken(price.text, estimatedPauseMs, maxPause));
  }
  if (!session.options.json) await session.print(firstLook(look, session.page(all)));
  if (!mustAsk) announceSnapshot(price, session);
  else if (!(await confirmSnapshot(price, session))) return look;
  return "capture";
}

const withProblem = (report: Report, problem: Problem): Report => ({
  ...report,
  problems: [...report.problems, problem],
});
