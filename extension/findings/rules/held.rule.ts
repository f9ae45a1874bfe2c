import type { Finding } from "../../protocol/finding.ts";
import { draftFinding } from "../draft.ts";
import type { HeapEvidence } from "../evidence.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Rule } from "../rule.ts";

/** Ordinary code holds the targets: whatever leaks here, finalizers are not the reason. */
export const held: Rule = {
  id: "held",
  summary: "targets that ordinary code holds",
  *find(evidence) {
    for (const heap of evidence.heaps) {
      for (const registry of heap.registries) {
        if (registry.internal) continue;
        for (const group of registry.groups) {
          if (group.cause !== "held") continue;
          const name = registry.name ? ` of ${registry.name}` : "";
          yield draftFinding({
            id: fingerprint(
              "held",
              heap.threadId,
              registry.callback,
              `${registry.distinction}|${group.path.map(({ edge }) => edge).join("/")}`,
            ),
            kind: "held",
            severity: "info",
            confidence: "certain",
            title: `Targets${name} are alive because ordinary code holds them`,
            reason:
              "A strong path from a root reaches them that does not lead through the registration.",
            threadId: heap.threadId,
            count: group.count,
            retainedBytes: group.retainedBytes,
            callback: registry.callback,
            registeredAt: [...registry.registeredAt],
            path: [...group.path],
            advice:
              "Their callbacks are not due. If they should be gone, the first step of the path that you don't expect is the leak; two readings some time apart show whether the number grows.",
          });
        }
      }
      yield* heldInternally(heap);
    }
  },
};

/** Node's own registries are folded into one finding: not hidden, and not in the way. */
function* heldInternally(heap: HeapEvidence): Iterable<Finding> {
  const groups = heap.registries
    .filter(({ internal }) => internal)
    .flatMap((registry) => registry.groups.filter(({ cause }) => cause === "held"));
  const [largest] = groups.toSorted((a, b) => b.count - a.count);
  if (!largest) return;
  yield draftFinding({
    id: fingerprint("held", heap.threadId, null, "internal"),
    kind: "held",
    severity: "info",
    confidence: "certain",
    title: "Targets of Node's own registries are held, as they should be",
    reason: "A strong path from a root reaches them that does not lead through the registration.",
    threadId: heap.threadId,
    count: groups.reduce((sum, { count }) => sum + count, 0),
    path: [...largest.path],
    advice: "Nothing to do: these belong to Node itself.",
  });
}
