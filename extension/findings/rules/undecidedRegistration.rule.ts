import { draftFinding } from "../draft.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Rule } from "../rule.ts";

/** The snapshot holds a live target without showing what holds it. */
export const undecidedRegistration: Rule = {
  id: "undecided-registration",
  summary: "targets that are alive for a reason that the snapshot does not show",
  *find(evidence) {
    for (const heap of evidence.heaps) {
      for (const registry of heap.registries) {
        for (const group of registry.groups) {
          if (group.cause !== "undecided") continue;
          yield draftFinding({
            id: fingerprint(
              "unknown",
              heap.threadId,
              registry.callback,
              `registration|${registry.distinction}`,
            ),
            kind: "unknown",
            severity: "info",
            confidence: "possible",
            title: "Targets that are alive although the snapshot shows nothing that holds them",
            reason:
              "No strong path in the snapshot reaches them: V8 or an addon holds them in a way that snapshots do not record, or they died with the reading.",
            threadId: heap.threadId,
            count: group.count,
            callback: registry.callback,
            registeredAt: [...registry.registeredAt],
            advice: "Take a second reading: what is still there is held natively.",
          });
        }
      }
    }
  },
};
