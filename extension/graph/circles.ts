import type { PendingPromises } from "./pendingPromises.ts";

/**
 * Promises that decide each other in a circle, among those for which `isOpen` holds: the strongly connected
 * components with an edge inside (Tarjan, "Depth-First Search and Linear Graph Algorithms", 1972), without
 * recursion. Each circle begins with its least number and follows its edges as far as it can.
 */
export function circlesOf(
  { count, first, next }: Pick<PendingPromises, "count" | "first" | "next">,
  isOpen: (promise: number) => boolean,
): number[][] {
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const at = new Uint32Array(count);
  const onPath = new Uint8Array(count);
  const path: number[] = [];
  const circles: number[][] = [];
  let visited = 0;

  const enter = (promise: number, calls: number[]) => {
    order[promise] = visited;
    low[promise] = visited++;
    at[promise] = first[promise]!;
    onPath[promise] = 1;
    path.push(promise);
    calls.push(promise);
  };

  for (let start = 0; start < count; start++) {
    if (order[start] !== -1 || !isOpen(start)) continue;
    const calls: number[] = [];
    enter(start, calls);
    for (let promise = calls.at(-1); promise !== undefined; promise = calls.at(-1)) {
      if (at[promise]! < first[promise + 1]!) {
        const to = next[at[promise]!++]!;
        if (to === -1 || !isOpen(to)) continue;
        if (order[to] === -1) enter(to, calls);
        else if (onPath[to] === 1) low[promise] = Math.min(low[promise]!, order[to]!);
        continue;
      }
      calls.pop();
      const caller = calls.at(-1);
      if (caller !== undefined) low[caller] = Math.min(low[caller]!, low[promise]!);
      if (low[promise] !== order[promise]) continue;
      const component = path.splice(path.lastIndexOf(promise));
      for (const one of component) onPath[one] = 0;
      if (isCircle(component, first, next)) circles.push(alongEdges(component, first, next));
    }
  }
  return circles;
}

function isCircle(component: readonly number[], first: Uint32Array, next: Int32Array): boolean {
  const [only] = component;
  if (component.length > 1 || only === undefined) return true;
  return next.subarray(first[only], first[only + 1]).includes(only);
}

function alongEdges(component: readonly number[], first: Uint32Array, next: Int32Array): number[] {
  const left = new Set(component.toSorted((a, b) => a - b));
  const ordered: number[] = [];
  for (let one: number | undefined = [...left][0]; one !== undefined; ) {
    ordered.push(one);
    left.delete(one);
    const onwards = next.subarray(first[one], first[one + 1]).find((to) => left.has(to));
    one = onwards ?? left.values().next().value;
  }
  return ordered;
}
