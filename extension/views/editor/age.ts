import { formatDuration } from "../../base/duration.ts";
import type { CurrentFinding } from "./currentReading.ts";

/** How long it has lasted by now, in milliseconds; null when nothing says since when. */
export const ageMs = ({ finding, atMs }: CurrentFinding, nowMs: number): number | null =>
  finding.sinceMs === null ? null : finding.sinceMs + Math.max(0, nowMs - atMs);

/** `≥ 3 min 12 s` for a lower bound; empty when the age is not known. Whole seconds, since it ticks. */
export function formatAge(current: CurrentFinding, nowMs: number): string {
  const age = ageMs(current, nowMs);
  if (age === null) return "";
  const bound = current.finding.sinceIsLowerBound ? "≥ " : "";
  const text = age < 1000 ? formatDuration(age) : formatDuration(age).replace(/\.\d s$/, " s");
  return `${bound}${text}`;
}

/** `12:03:07`, in the user's time zone. */
export const formatClock = (atMs: number): string =>
  new Date(atMs).toLocaleTimeString("en-GB", { hour12: false });
