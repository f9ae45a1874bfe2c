import { builtinOf } from "./builtinFunction.ts";
import {
  childNamed,
  type EdgeRow,
  edgeName,
  edgeNameOrIndex,
  edgeTarget,
  edgeType,
  findEdge,
  type HeapGraph,
  type NodeRow,
  nodeName,
  nodeType,
} from "./heapGraph.ts";
import { edgeWords, nodeWords } from "./heapWords.ts";
import { retainersOf } from "./retainers.ts";

/** Who calls a function once something has happened. */
export type Caller =
  | { readonly kind: "listener"; readonly event: string; readonly emitter: string }
  | { readonly kind: "timer" | "immediate" };

export interface Callers {
  /** Null for a function that no emitter, event target or timer has. */
  ofFunction(closure: NodeRow): Caller | null;
  /**
   * Of the functions that see the variables of these scopes, the innermost scope first, the caller that is most
   * likely meant: who waits for an event also listens to `error`, sets a timer and the like.
   */
  around(scopes: readonly NodeRow[]): Caller | null;
  /** Whether so many functions see the variables of this scope that one of them says little about a variable. */
  isCrowded(scope: NodeRow): boolean;
}

interface Candidate {
  readonly caller: Caller;
  /** The less, the more likely it is what the program waits for. */
  readonly doubt: number;
}

/** Retainers that are looked at around one function or scope. */
const mostSearched = 1000;
/** A function that calls a function that calls …, each known by a variable. */
const mostCalls = 3;
/** More than an ordinary function makes: they are those of a module. */
const mostInFunction = 16;
/** A listener is wrapped at most so many times: `once` of `once`. */
const mostWrappers = 4;

const longestEvent = 80;

/** From here on callers are there only in case that something goes wrong. */
const onlyInCase = 5;
const timerDoubt = 4;
const neverHappens = onlyInCase + 3;
/** Events that are listened to beside the one that is meant, by how seldom they are meant. */
const sideEvents: ReadonlyMap<string, number> = new Map([
  ["close", 2],
  ["data", 3],
  ["readable", 3],
  ["abort", onlyInCase + 1],
  ["aborted", onlyInCase + 1],
  ["error", onlyInCase + 2],
]);

export function createCallers(graph: HeapGraph): Callers {
  const { property, element, internal, context } = graph.types.edge;
  const { closure: closureType } = graph.types.node;
  const { nodeName: names } = graph.columns.nodes;
  const retainers = retainersOf(graph);
  const words = wordsOf(graph);
  const functionsOf = new Map<NodeRow, readonly NodeRow[]>();
  const bestAround = new Map<NodeRow, Candidate | null>();

  const isNamed = (edge: EdgeRow, type: number, name: number): boolean =>
    edgeNameOrIndex(graph, edge) === name && edgeType(graph, edge) === type;

  /** The first retainer that gives an answer. */
  const fromRetainer = <Answer>(
    row: NodeRow,
    read: (edge: EdgeRow, from: NodeRow) => Answer | null,
  ): Answer | null => {
    const begin = retainers.first[row]!;
    const end = Math.min(retainers.first[row + 1]!, begin + mostSearched);
    for (let at = begin; at < end; at++) {
      const answer = read(retainers.edge[at]! as EdgeRow, retainers.source[at]! as NodeRow);
      if (answer !== null) return answer;
    }
    return null;
  };

  const holderBy = (row: NodeRow, type: number, name: number): NodeRow | null =>
    fromRetainer(row, (edge, from) => (isNamed(edge, type, name) ? from : null));

  /** The event whose listener, or list of listeners, this edge of an emitter's `_events` leads to. */
  const listenerIn = (table: NodeRow, edge: EdgeRow): Candidate | null => {
    const emitter = holderBy(table, property, words.events);
    if (emitter === null) return null;
    const found = listenerFor(edgeWords(graph, edge, table), nodeWords(graph, emitter));
    return canHappen(emitter, edgeNameOrIndex(graph, edge))
      ? found
      : { ...found, doubt: neverHappens };
  };

  /** Who waits for the end of any stream listens to the events of both directions. */
  const canHappen = (emitter: NodeRow, event: number): boolean => {
    if (event !== words.end && event !== words.finish) return true;
    const [own, other] =
      event === words.end
        ? ["_readableState", "_writableState"]
        : ["_writableState", "_readableState"];
    const has = (name: string) => findEdge(graph, emitter, property, name) !== -1;
    return has(own!) || !has(other!);
  };

  /** An EventTarget has a Map, with a linked list of listeners for each event. */
  const listenerOfTarget = (listener: NodeRow): Candidate | null => {
    let head = listener;
    for (let step = 0; step < mostSearched; step++) {
      const before = holderBy(head, property, words.next);
      if (before === null) break;
      head = before;
    }
    return fromRetainer(head, (edge, table) => {
      const map =
        edgeType(graph, edge) === internal ? holderBy(table, internal, words.table) : null;
      const target = map === null ? null : holderBy(map, property, words.targetEvents);
      if (target === null) return null;
      // A table has its key right before the value: here a name, although a heap has it as a string.
      const key = findEdge(graph, table, internal, String(Number(edgeName(graph, edge)) - 1));
      const event = key === -1 ? "" : nodeName(graph, edgeTarget(graph, key));
      return listenerFor(event.slice(0, longestEvent), classOf(target));
    });
  };

  /** By the prototype: Node 20 gives an AbortSignal its class only after it was made. */
  const classOf = (row: NodeRow): string => {
    const prototype = childNamed(graph, row, property, "__proto__");
    const maker = prototype && childNamed(graph, prototype, property, "constructor");
    return (maker && nodeName(graph, maker)) || nodeWords(graph, row);
  };

  const candidateBy = (edge: EdgeRow, from: NodeRow, wrappers: number): Candidate | null => {
    if (edgeType(graph, edge) === element)
      return fromRetainer(from, (list, table) =>
        edgeType(graph, list) === property ? listenerIn(table, list) : null,
      );
    if (edgeType(graph, edge) !== property) return null;
    const name = edgeNameOrIndex(graph, edge);
    if (name === words.timeout) return { caller: { kind: "timer" }, doubt: timerDoubt };
    if (name === words.immediate) return { caller: { kind: "immediate" }, doubt: timerDoubt };
    if (name !== words.listener && name !== words.callback) return listenerIn(from, edge);
    if (names[from] === words.targetListener) return listenerOfTarget(from);
    const isWrapper = nodeType(graph, from) === closureType && wrappers > 0;
    return isWrapper ? bestOfFunction(from, wrappers - 1) : listenerIn(from, edge);
  };

  const bestOfFunction = (closure: NodeRow, wrappers = mostWrappers): Candidate | null => {
    let best: Candidate | null = null;
    fromRetainer(closure, (edge, from) => {
      best = likelier(best, candidateBy(edge, from, wrappers));
      return null;
    });
    return best;
  };

  /** The functions whose scope this is, or lies inside of it. */
  const functionsAround = (scope: NodeRow): readonly NodeRow[] => {
    const known = functionsOf.get(scope);
    if (known !== undefined) return known;
    const functions: NodeRow[] = [];
    const scopes = new Set([scope]);
    for (const one of scopes) {
      fromRetainer(one, (edge, from) => {
        if (edgeType(graph, edge) !== internal) return null;
        if (nodeType(graph, from) === closureType) functions.push(from);
        else if (names[from] === words.scope && scopes.size < mostSearched) scopes.add(from);
        return null;
      });
      if (functions.length > mostSearched) break;
    }
    functionsOf.set(scope, functions);
    return functions;
  };

  /** Scopes that have one of these functions as a variable: their own functions may call it. */
  const scopesWith = (functions: readonly NodeRow[]): NodeRow[] => {
    const scopes = new Set<NodeRow>();
    for (const closure of functions) {
      fromRetainer(closure, (edge, from) => {
        if (edgeType(graph, edge) === context && !isCrowded(from)) scopes.add(from);
        return null;
      });
    }
    return [...scopes];
  };

  const bestOfScope = (scope: NodeRow): Candidate | null => {
    const known = bestAround.get(scope);
    if (known !== undefined) return known;
    let best: Candidate | null = null;
    let scopes = [scope];
    for (let calls = 0; calls <= mostCalls && scopes.length > 0; calls++) {
      const functions = scopes.flatMap(functionsAround);
      for (const closure of functions) best = likelier(best, candidateOf(closure));
      if (best !== null && best.doubt < onlyInCase) break;
      scopes = scopesWith(functions);
    }
    bestAround.set(scope, best);
    return best;
  };

  const candidateOf = (closure: NodeRow): Candidate | null => {
    const found = bestOfFunction(closure);
    if (found === null) return null;
    const builtin = builtinOf(graph, closure);
    if (builtin === "PromiseCapabilityDefaultResolve") return { ...found, doubt: 0 };
    const isReject = builtin === "PromiseCapabilityDefaultReject";
    return isReject ? { ...found, doubt: Math.max(found.doubt, onlyInCase) } : found;
  };

  const isCrowded = (scope: NodeRow): boolean => functionsAround(scope).length > mostInFunction;

  return {
    isCrowded,
    ofFunction: (closure) => bestOfFunction(closure)?.caller ?? null,
    around(scopes) {
      let best: Candidate | null = null;
      for (const scope of scopes) {
        best = likelier(best, bestOfScope(scope));
        if (best !== null && best.doubt < onlyInCase) break;
      }
      return best?.caller ?? null;
    },
  };
}

const wordsOf = (graph: HeapGraph) => ({
  scope: graph.stringIndex("system / Context"),
  events: graph.stringIndex("_events"),
  end: graph.stringIndex("end"),
  finish: graph.stringIndex("finish"),
  listener: graph.stringIndex("listener"),
  callback: graph.stringIndex("callback"),
  targetListener: graph.stringIndex("Listener"),
  targetEvents: graph.stringIndex("<symbol kEvents>"),
  next: graph.stringIndex("next"),
  table: graph.stringIndex("table"),
  timeout: graph.stringIndex("_onTimeout"),
  immediate: graph.stringIndex("_onImmediate"),
});

const listenerFor = (event: string, emitter: string): Candidate => ({
  caller: { kind: "listener", event, emitter },
  doubt: sideEvents.get(event) ?? 1,
});

/** Of two that are as likely always the same one, in whichever order the heap has them. */
function likelier(known: Candidate | null, other: Candidate | null): Candidate | null {
  if (known === null || other === null) return known ?? other;
  if (known.doubt !== other.doubt) return known.doubt < other.doubt ? known : other;
  return wordsFor(known.caller) <= wordsFor(other.caller) ? known : other;
}

const wordsFor = (caller: Caller): string =>
  caller.kind === "listener" ? `${caller.event} ${caller.emitter}` : caller.kind;
