import { blockageOfHeap, isBatch } from "../blockage.ts";
import { draftFinding } from "../draft.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Rule } from "../rule.ts";

/** The target is collected, the callback is due, and the thread that should run it is stuck. */
export const queued: Rule = {
  id: "queued",
  summary: "cleanup callbacks that are due and are not being run",
  *find(evidence) {
    for (const heap of evidence.heaps) {
      const blockage = blockageOfHeap(evidence, heap);
      if (!blockage) continue;
      for (const registry of heap.registries) {
        if (registry.queued.length === 0) continue;
        // The batch's finding already speaks for its own registry's queue.
        if (registry.running && isBatch(evidence)) continue;
        const name = registry.name ? ` of ${registry.name}` : "";
        const behind =
          blockage.kind === "running"
            ? "a cleanup callback that has not returned"
            : "a thread whose event loop does not turn";
        yield draftFinding({
          id: fingerprint("queued", heap.threadId, registry.callback, registry.distinction),
          kind: "queued",
          severity: registry.internal || blockage.kind !== "running" ? "info" : "warning",
          confidence: "certain",
          title: `${registry.internal ? "Node's own cleanup callbacks" : "Cleanup callbacks"}${name} are due and wait behind ${behind}`,
          reason:
            "Their targets are collected and the registrations stand on the registry's list of cleared cells while the thread is stuck.",
          attributes: blockage.kind === "starved" ? ["starved"] : [],
          threadId: heap.threadId,
          count: registry.queued.length,
          retainedBytes: registry.queuedBytes,
          sinceMs: blockage.thread.sinceMs,
          sinceIsLowerBound: true,
          callback: registry.callback,
          registeredAt: [...registry.registeredAt],
          blockedBy: blockage.id,
          advice: "Nothing is wrong at these lines: mend what blocks them.",
        });
      }
    }
  },
};
