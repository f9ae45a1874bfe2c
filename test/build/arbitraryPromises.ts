import fc from "fast-check";
import { type DrawnNode, drawHeap, type HeapDrawing } from "./heapDrawing.ts";
import { type DrawnPromises, drawPromises } from "./promiseDrawing.ts";

/** What goes on when a promise settles, as the program means it. */
export interface MeantContinuation {
  /** `f` for a call of f, `then f`, `Promise.all`; null for what is no frame. */
  readonly frame: string | null;
  /** The suspended function; null for others. */
  readonly waiting: DrawnNode | null;
  readonly next: DrawnNode;
}

/** Promises that wait for each other in no circle. */
export interface DrawnProgram {
  readonly heap: HeapDrawing;
  readonly continuations: ReadonlyMap<DrawnNode, readonly MeantContinuation[]>;
  /** All promises, those that others wait for first. */
  readonly promises: readonly DrawnNode[];
}

const steps = ["source", "call", "call", "then", "finally", "all", "any", "race", "adopt"] as const;

const step = fc.record({
  what: fc.constantFrom(...steps),
  code: fc.nat(2),
  of: fc.array(fc.nat(), { minLength: 2, maxLength: 3 }),
});

/** Each step waits for promises of the steps before it. */
export const arbitraryPromises: fc.Arbitrary<DrawnProgram> = fc
  .array(step, { maxLength: 14 })
  .map((made) => {
    const heap = drawHeap();
    const draw = drawPromises(heap);
    const codes = ["f", "g", "h"].map(draw.code) as [DrawnNode, DrawnNode, DrawnNode];
    const promises: DrawnNode[] = [];
    const continuations = new Map<DrawnNode, MeantContinuation[]>();
    const source = () => {
      const promise = draw.promise();
      heap.hold("wake", draw.resolver(promise));
      promises.push(promise);
    };
    source();
    for (const { what, code, of } of made) {
      const members = [...new Set(of.map((at) => promises[at % promises.length] as DrawnNode))];
      const [first] = members as [DrawnNode];
      const name = ["f", "g", "h"][code] as string;
      const on = (to: DrawnNode, frame: string | null, next: DrawnNode, waiting?: DrawnNode) =>
        continuations.set(to, [
          ...(continuations.get(to) ?? []),
          { frame, next, waiting: waiting ?? null },
        ]);
      if (what === "source") {
        source();
        continue;
      }
      const next = drawStep(draw, what, first, members, codes[code] as DrawnNode);
      if (what === "call") on(first, name, next.promise, next.generator);
      else if (what === "then" || what === "finally") on(first, `${what} ${name}`, next.promise);
      else if (what === "adopt") on(first, null, next.promise);
      else {
        const isRace = what === "race" && members.length > 1;
        const frame = what === "race" && !isRace ? null : `Promise.${what}`;
        for (const member of members) on(member, frame, next.promise);
      }
      promises.push(next.promise);
    }
    return { heap, continuations, promises };
  });

function drawStep(
  draw: DrawnPromises,
  what: Exclude<(typeof steps)[number], "source">,
  first: DrawnNode,
  members: readonly DrawnNode[],
  code: DrawnNode,
): { readonly promise: DrawnNode; readonly generator?: DrawnNode } {
  switch (what) {
    case "call": {
      const { result, generator } = draw.call(code, first);
      return { promise: result, generator };
    }
    case "then":
      return { promise: draw.then(first, code) };
    case "finally":
      return { promise: draw.finally(first, code) };
    case "adopt": {
      const promise = draw.promise();
      draw.adopt(first, promise);
      return { promise };
    }
    case "all":
    case "any":
    case "race":
      return { promise: draw.combine(what, members) };
    default:
      return what satisfies never;
  }
}
