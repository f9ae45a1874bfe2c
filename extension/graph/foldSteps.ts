import type { DescribedStep } from "./describedStep.ts";

/** Steps that a person still reads; a longer path keeps its beginning and its end. */
const maxSteps = 40;

/**
 * Shortens a described path: the same step again and again (a linked list) becomes one with the count, and of
 * what is still long the middle becomes one step that says how much is left out.
 */
export function foldSteps(steps: readonly DescribedStep[]): DescribedStep[] {
  const folded: DescribedStep[] = [];
  for (let at = 0; at < steps.length; ) {
    const step = steps[at]!;
    let behind = at + 1;
    while (behind < steps.length && isSameStep(step, steps[behind]!)) behind++;
    const last = steps[behind - 1]!;
    folded.push(behind - at === 1 ? step : { ...last, edge: `${step.edge} (× ${behind - at})` });
    at = behind;
  }
  if (folded.length <= maxSteps) return folded;
  const kept = maxSteps / 2;
  const before = folded.slice(0, kept);
  const after = folded.slice(folded.length - kept + 1);
  return [
    ...before,
    {
      from: before.at(-1)!.to,
      edge: `… ${folded.length - before.length - after.length} more steps …`,
      to: after[0]!.from,
      objectId: null,
      location: null,
    },
    ...after,
  ];
}

function isSameStep(one: DescribedStep, other: DescribedStep): boolean {
  return one.from === other.from && one.edge === other.edge && one.to === other.to;
}
