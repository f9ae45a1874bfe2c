import { formatDuration } from "../../base/duration.ts";
import type { CurrentFinding } from "./currentReading.ts";

/** How long it has lasted by now, in milliseconds; null when nothing says since when. */
export const ageMs = ({ finding, atMs }: CurrentFinding, nowMs: number): number | null =>
  finding.sinceMs === null ? null : finding.sinceMs + Math.max(0, nowMs - atMs);

const secondMs = 1000;
const minuteMs = 60 * secondMs;

/** `≥ 3 min 12 s` for a lower bound; empty when the age is not known. Whole seconds, since it ticks. */
export function formatAge(current: CurrentFinding, nowMs: number): string {
  return formatInSteps(current, nowMs, () => secondMs);
}

/**
 * The same for a row of the view, `≥ 3 min`: in steps that leave the time to read its tooltip, which the editor closes
 * when the row is drawn anew.
 */
export function formatRowAge(current: CurrentFinding, nowMs: number): string {
  return formatInSteps(current, nowMs, (age) => {
    if (age < 10 * secondMs) return secondMs;
    return age < minuteMs ? 10 * secondMs : minuteMs;
  });
}

/** Rounds down, so that an age is never shown as more than was measured. */
function formatInSteps(
  current: CurrentFinding,
  nowMs: number,
  stepMs: (age: number) => number,
): string {
  const age = ageMs(current, nowMs);
  if (age === null) return "";
  const bound = current.finding.sinceIsLowerBound ? "≥ " : "";
  if (age < secondMs) return `${bound}${formatDuration(age)}`;
  const step = stepMs(age);
  return `${bound}${formatDuration(Math.floor(age / step) * step).replace(/\.\d s$/, " s")}`;
}

/** `12:03:07`, in the user's time zone. */
export const formatClock = (atMs: number): string =>
  new Date(atMs).toLocaleTimeString("en-GB", { hour12: false });
