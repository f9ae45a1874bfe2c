import { draftFinding } from "../draft.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Rule } from "../rule.ts";

/** Ordinary code holds the targets: whatever leaks here, finalizers are not the reason. */
export const held: Rule = {
  id: "held",
  summary: "targets that ordinary code holds",
  *find(evidence) {
    for (const heap of evidence.heaps) {
      for (const registry of heap.registries) {
        for (const group of registry.groups) {
          if (group.cause !== "held") continue;
          const name = registry.callback?.function ? ` of ${registry.callback.function}` : "";
          yield draftFinding({
            id: fingerprint(
              "held",
              heap.threadId,
              registry.callback,
              group.path.map(({ edge }) => edge).join("/"),
            ),
            kind: "held",
            severity: "info",
            confidence: "certain",
            title: registry.internal
              ? "Targets of a registry of Node's own are held by ordinary code"
              : `Targets${name} are alive because ordinary code holds them`,
            reason:
              "A strong path from a root reaches them that does not lead through the registration.",
            threadId: heap.threadId,
            count: group.count,
            callback: registry.callback,
            registeredAt: [...registry.registeredAt],
            path: [...group.path],
            advice:
              "Their callbacks are not due. If they should be gone, the first step of the path that you don't expect is the leak; two readings some time apart show whether the number grows.",
          });
        }
      }
    }
  },
};
