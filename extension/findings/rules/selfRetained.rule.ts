import { draftFinding } from "../draft.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Rule } from "../rule.ts";

/** The registration keeps its own target alive, so its callback can never become due. */
export const selfRetained: Rule = {
  id: "self-retained",
  summary: "registrations that keep their own target alive",
  *find(evidence) {
    for (const heap of evidence.heaps) {
      for (const registry of heap.registries) {
        for (const group of registry.groups) {
          if (group.cause !== "self-retained") continue;
          const through = group.through ?? "held value";
          const name = registry.name ? ` of ${registry.name}` : "";
          yield draftFinding({
            id: fingerprint(
              "self-retained",
              heap.threadId,
              registry.callback,
              `${registry.distinction}|${group.path.map(({ edge }) => edge).join("/")}`,
            ),
            kind: "self-retained",
            severity: registry.internal ? "info" : "warning",
            confidence: "certain",
            title: `The ${through} of these registrations${name} keeps their own target alive`,
            reason:
              "Without the registrations' held values and cleanup callbacks no path from a root reaches these targets.",
            threadId: heap.threadId,
            count: group.count,
            retainedBytes: group.retainedBytes,
            callback: registry.callback,
            registeredAt: [...registry.registeredAt],
            path: [...group.path],
            advice:
              through === "held value"
                ? "The held value must not reach the target. Pass plain data (an id, a handle number), or build the closure in a function of its own where the target is not in scope: closures of one scope share all its captured variables."
                : "The cleanup callback must not reach a target. Define it where no target is in scope and pass what it needs as the held value.",
          });
        }
      }
    }
  },
};
