import type { Finding } from "../protocol/finding.ts";

type Required = "id" | "kind" | "severity" | "confidence" | "title" | "threadId" | "advice";

/** Fills in what a rule has nothing to say about, so that each rule names only what it knows. */
export function draftFinding(
  known: Pick<Finding, Required> & Partial<Omit<Finding, Required>>,
): Finding {
  return {
    reason: null,
    attributes: [],
    count: null,
    retainedBytes: null,
    sinceMs: null,
    sinceIsLowerBound: false,
    batch: null,
    callback: null,
    registeredAt: [],
    blockedBy: null,
    blocks: null,
    stack: [],
    asyncStack: [],
    path: [],
    ...known,
  };
}
