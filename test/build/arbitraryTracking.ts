import fc from "fast-check";
import type { DrawnTrace, DrawnTracking } from "./snapshotWriter.ts";

const anyFunction = fc.record({
  objectId: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  name: fc.string({ unit: "binary", maxLength: 12 }),
  scriptName: fc.string({ unit: "binary", maxLength: 12 }),
  scriptId: fc.nat(500),
  line: fc.nat(90_000),
  column: fc.nat(9_000_000),
});

const anyTrace = fc.record({
  /** Chooses among the traces before this one and none. */
  parent: fc.nat(),
  functionRow: fc.nat(),
  count: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  size: fc.nat({ max: 2 ** 40 }),
});

const anySample = fc.record({
  timestampUs: fc.nat(2 ** 31 - 1),
  lastObjectId: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

/** What tracking allocations may leave in the file of a heap of at most this many nodes. */
export const arbitraryTracking = (maxNodes: number): fc.Arbitrary<DrawnTracking> =>
  fc
    .record({
      functions: fc.array(anyFunction, { minLength: 1, maxLength: 4 }),
      traces: fc.array(anyTrace, { maxLength: 12 }),
      samples: fc.array(anySample, { maxLength: 5 }),
      traceOfNode: fc.array(fc.nat(), { maxLength: maxNodes }),
    })
    .map(({ functions, traces, traceOfNode, ...rest }) => {
      const roots: DrawnTrace[] = [];
      const drawn = traces.map(({ parent, functionRow, ...numbers }, index) => {
        const children: DrawnTrace[] = [];
        // Not in the file's order, as V8 numbers a stack when it sees it first.
        const id = 1000 - index;
        return { ...numbers, id, functionRow: functionRow % functions.length, children };
      });
      for (const [index, { parent }] of traces.entries()) {
        const siblings = drawn[parent % (index + 1)];
        const trace = drawn[index];
        if (trace) (siblings && siblings !== trace ? siblings.children : roots).push(trace);
      }
      const ids = traceOfNode.map((choice) => drawn[choice % (drawn.length + 1)]?.id ?? 0);
      return { ...rest, functions, traces: roots, traceOfNode: ids };
    });
