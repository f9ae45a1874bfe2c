import { type DominatorRanges, dominatorRangesOf } from "../graph/dominatorRanges.ts";
import { dominatorsOf } from "../graph/dominators.ts";
import { essentialEdgesOf } from "../graph/essentialEdges.ts";
import { buildHeapGraph, type HeapGraph } from "../graph/heapGraph.ts";
import { type Liveness, livenessOf } from "../graph/liveness.ts";
import { type Registry, registriesOf } from "../graph/registries.ts";
import { retainedSizesOf } from "../graph/retainedSizes.ts";
import { shallowSizesOf } from "../graph/shallowSizes.ts";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import type { CallContext } from "../protocol/rpc.ts";
import { brokenSnapshot, type SnapshotTrouble } from "../protocol/snapshotErrors.ts";
import type { SnapshotColumns } from "../snapshot/snapshotColumns.ts";
import { SnapshotFormatError, type SnapshotFormatReason } from "../snapshot/snapshotFormatError.ts";
import { createSnapshotParser } from "../snapshot/snapshotParser.ts";
import { collectGarbage } from "./collectGarbage.ts";
import { createPass, type Pass } from "./pass.ts";

/** One snapshot, read and walked. */
export interface HeapReading {
  readonly graph: HeapGraph;
  readonly registries: readonly Registry[];
  readonly liveness: Liveness;
  /** Retained sizes as Chrome DevTools has them. */
  readonly dominated: DominatorRanges;
  readonly snapshotBytes: number;
  /** Sum of all shallow sizes, in bytes. */
  readonly heapBytes: number;
}

export interface HeapReader {
  /** The next bytes. What is wrong with them is told by `finish`, so that a capture runs to its end. */
  push(bytes: Uint8Array): void;
  /** Rejects with UserError, or with the signal's reason between two passes. */
  finish(context: CallContext<AnalysisEvent>): Promise<HeapReading>;
}

/** Of a smaller snapshot nobody would notice the garbage. */
const worthCollectingBytes = 1 << 25;

/** Parses a snapshot while it arrives, then walks it. `label` names it in errors; `fileBytes` is 0 if unknown. */
export function createHeapReader(label: string, fileBytes = 0): HeapReader {
  const parser = createSnapshotParser({ fileBytes });
  let broken: unknown;

  return {
    push(bytes) {
      if (broken !== undefined) return;
      try {
        parser.push(bytes);
      } catch (error) {
        broken = error;
      }
    },
    async finish(context) {
      const plainPass = createPass(context);
      // Most of what one pass needs beside its result is garbage before the next.
      const pass: Pass = (phase, work) =>
        plainPass(phase, (checkpoint) => {
          if (parser.bytesRead >= worthCollectingBytes) collectGarbage();
          return work(checkpoint);
        });
      try {
        if (broken !== undefined) throw broken;
        const columns = await pass("Completing the snapshot", () => parser.finish());
        const graph = await pass("Building the graph", () => buildHeapGraph(columns));
        const registries = await pass("Finding the registries", () => registriesOf(graph));
        const liveness = await pass("Walking from the roots", (checkpoint) =>
          livenessOf(graph, registries, checkpoint),
        );
        const essential = await pass("Finding the edges that dominate", () =>
          essentialEdgesOf(graph),
        );
        const dominators = await pass("Computing dominators", (checkpoint) =>
          dominatorsOf(graph, { essential, checkpoint }),
        );
        const retainedSizes = await pass("Adding up retained sizes", () =>
          retainedSizesOf(dominators, shallowSizesOf(graph)),
        );
        const dominated = await pass("Ordering what is dominated", () =>
          dominatorRangesOf(dominators, retainedSizes),
        );
        return {
          graph,
          registries,
          liveness,
          dominated,
          snapshotBytes: parser.bytesRead,
          heapBytes: totalShallowBytes(columns),
        };
      } catch (error) {
        if (error instanceof SnapshotFormatError) {
          throw brokenSnapshot(label, error.message, troubles[error.reason]);
        }
        throw error;
      }
    },
  };
}

const troubles: Readonly<Record<SnapshotFormatReason, SnapshotTrouble>> = {
  truncated: "truncated",
  "too-large": "too-large",
  "bad-count": "damaged",
  "out-of-range": "damaged",
  "not-json": "damaged",
  "missing-section": "damaged",
  "missing-field": "foreign",
  "not-a-snapshot": "foreign",
  empty: "foreign",
};

function totalShallowBytes({ nodes }: SnapshotColumns): number {
  let bytes = 0;
  for (const size of nodes.nodeSelfSize) bytes += size;
  return bytes;
}
