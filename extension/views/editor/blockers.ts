import { formatCount } from "../../base/count.ts";
import { ageMs, formatAge } from "./age.ts";
import { type CurrentFinding, currentReading } from "./currentReading.ts";
import type { IgnoreReason } from "./ignored.ts";
import { functionName } from "./tree/place.ts";
import { isAlarming } from "./tree/sections.ts";
import type { TargetState } from "./watchedTarget.ts";

/** Something that holds up finalizers now, and that the user did not ask to be spared. */
export interface Blocker {
  /** The same for as long as the same blockage lasts. */
  readonly key: string;
  readonly target: TargetState;
  readonly current: CurrentFinding;
}

/** Of all watched targets, the longest blockage first. What is over or out of reach blocks nobody now. */
export function blockersOf(
  targets: readonly TargetState[],
  ignoreReason: IgnoreReason,
  nowMs: number,
): readonly Blocker[] {
  return targets
    .filter(({ phase, kind }) => phase.kind === "watched" && kind === "process")
    .flatMap((target) =>
      (currentReading(target.look, target.heap)?.findings ?? [])
        .filter((current) => isAlarming(current) && ignoreReason(current.finding) === null)
        .map((current) => ({ key: `${target.key}/${current.finding.id}`, target, current })),
    )
    .toSorted((a, b) => (ageMs(b.current, nowMs) ?? 0) - (ageMs(a.current, nowMs) ?? 0));
}

/** `closeSession blocks finalizers ≥ 3 min 12 s`, `parse starves finalizers ≥ 9 s`. */
export function blockerText({ current }: Blocker, nowMs: number): string {
  const { finding } = current;
  const verb = finding.kind === "running" ? "blocks" : "starves";
  const age = formatAge(current, nowMs);
  return `${functionName(finding.callback)} ${verb} finalizers${age === "" ? "" : ` ${age}`}`;
}

/** `750 waiting`; empty when that is not known. */
export function waitingText({ current }: Blocker): string {
  const waiting = current.finding.blocks?.registrations ?? null;
  return waiting === null ? "" : `${formatCount(waiting)} waiting`;
}
