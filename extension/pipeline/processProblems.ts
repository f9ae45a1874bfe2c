import type { ThreadEvidence } from "../findings/evidence.ts";
import type { InspectedProcess } from "../process/inspectedProcess.ts";
import type { Problem } from "../protocol/report.ts";
import {
  nativeProblem,
  pausedProblem,
  silentProblem,
  workersNotRead,
  workersNotSeen,
} from "../protocol/threadProblems.ts";

/** What keeps a reading of a process from being complete. */
export function processProblems(
  threads: readonly ThreadEvidence[],
  inspected: InspectedProcess,
): Problem[] {
  const main = threads.find(({ threadId }) => threadId === 0);
  const problems = inspected.via === "debugger proxy" ? [workersNotSeen()] : [];
  if (main?.state === "native") {
    problems.push(nativeProblem(main.detail ?? "", inspected.signalPending));
  }
  if (main?.state === "unknown") problems.push(silentProblem(inspected.description.label));
  if (main?.state === "paused") problems.push(pausedProblem());
  return problems;
}

/** Threads that were left alone although they may have something to say. */
export const workersLeft = (count: number): Problem[] => (count > 0 ? [workersNotRead(count)] : []);
