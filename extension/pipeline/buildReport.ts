import type { Evidence, RegistryEvidence } from "../findings/evidence.ts";
import { findFindings } from "../findings/findFindings.ts";
import {
  type CaptureDescription,
  type Problem,
  type RegistryDescription,
  type Report,
  reportSchemaVersion,
  type TargetDescription,
  type ThreadDescription,
} from "../protocol/report.ts";

export interface Reading {
  readonly toolVersion: string;
  readonly target: TargetDescription;
  readonly capture: CaptureDescription;
  readonly evidence: Evidence;
  readonly problems: readonly Problem[];
}

/** Runs the rules over a reading's evidence and puts everything into the one shape that views read. */
export function buildReport({ toolVersion, target, capture, evidence, problems }: Reading): Report {
  return {
    schemaVersion: reportSchemaVersion,
    tool: { name: "leakline", version: toolVersion },
    target,
    capture,
    threads: evidence.threads.map(
      ({ threadId, name, state, detail, sinceMs, stack }): ThreadDescription => ({
        threadId,
        name,
        state,
        detail,
        sinceMs: state === "stuck" || state === "native" ? sinceMs : null,
        stack: [...stack],
      }),
    ),
    registries: evidence.heaps.flatMap(({ threadId, registries }) =>
      registries.map((registry) => describeRegistry(threadId, registry)),
    ),
    findings: [...findFindings(evidence)],
    problems: [...problems],
  };
}

const describeRegistry = (threadId: number, registry: RegistryEvidence): RegistryDescription => ({
  threadId,
  name: registry.name,
  callback: registry.callback,
  createdAt: registry.createdAt,
  internal: registry.internal,
  live: registry.live,
  queued: registry.queued.length,
});
