import { builtinOf } from "./builtinFunction.ts";
import { type Caller, createCallers } from "./callers.ts";
import { type CodeOrigin, createCodeOrigins } from "./codeOrigins.ts";
import { functionOf } from "./frameLists.ts";
import {
  type EdgeRow,
  edgeSource,
  edgeTarget,
  edgeType,
  findEdge,
  type HeapGraph,
  type NodeRow,
  nodeName,
} from "./heapGraph.ts";
import { edgeWords, nodeKind, nodeWords } from "./heapWords.ts";
import { continuationKinds, isGenerator } from "./pendingPromises.ts";
import { type Resumption, waitingForAtomics } from "./resumption.ts";

/** The kinds of things that can settle a promise, by what holds its `resolve` function. */
export type WakerKind =
  | "timer"
  | "immediate"
  | "listener"
  | "native"
  | "queue"
  | "object"
  | "suspended function"
  /** A generator goes on when its caller asks for the next value. */
  | "caller"
  | "nothing";

export interface Waker {
  readonly kind: WakerKind;
  /** Such as `"drain" of Socket` or `Pool._pendingQueue[…]`; empty where the kind says all. */
  readonly label: string;
}

/** Owners in a label: the nearest one alone may be no more than an item of a queue. */
const mostNames = 2;
/** Holders that are climbed; whoever is further away has little to do with it. */
const mostSteps = 64;

const awaitKind = continuationKinds.indexOf("await");

/** What was learned on the way from a promise outwards. */
interface Climb {
  /** Owners, nearest first. */
  readonly names: string[];
  /** One of the names is surely the program's: nothing outside of its data says more. */
  isSure: boolean;
  /** A collection stands right below. */
  inCollection: boolean;
  isQueue: boolean;
  /** The nearest variable of the program, if it comes to nothing better. */
  variable: string | null;
  /** The nearest one that is a `resolve` function itself says less. */
  resolver: string | null;
  /** Class of the outermost object of Node's own. */
  ofNode: string | null;
  /** The same of a package inside of Node. */
  ofDependency: string | null;
  /** Nearest first. */
  readonly scopes: NodeRow[];
}

/**
 * Names what would settle a promise, by the nearest holders of its `resolve` function that say something: a timer,
 * a listener, a native object, or the program's collections and objects whose properties lead there. What Node
 * itself puts in between is passed through. Names that may be data, such as the keys of a table, are left out: who
 * waits in the same table waits for the same thing.
 */
export function createWakers(
  graph: HeapGraph,
  resumption: Pick<Resumption, "settlerEdge" | "edgeBefore">,
): (promise: number) => Waker {
  const { edgeBefore } = resumption;
  const firstOfList = createListStarts(graph, edgeBefore);
  const callers = createCallers(graph);
  const origins = createCodeOrigins(graph);
  const ofAtomics = waitingForAtomics(graph);

  /** Who wrote what a node belongs to. */
  const originOf = (row: NodeRow): CodeOrigin => {
    for (let at = row, step = 0; step < mostSteps; step++) {
      const kind = nodeKind(graph, at);
      if (kind === "function") return origins.ofFunction(at);
      if (kind === "global") return "program";
      if (kind === "object" && !isGenerator(graph, at)) return origins.ofObject(at);
      if (kind === "object") at = functionOf(graph, awaitKind, at);
      else if (kind !== "scope") break;
      else {
        const edge = edgeBefore(at);
        if (edge === -1) break;
        at = edgeSource(graph, edge);
      }
    }
    // A scope that V8 itself holds is that of a script.
    return nodeKind(graph, row) === "scope" ? "program" : "language";
  };

  const calledBy = (climb: Climb, nearest: Caller): Waker => {
    const caller = callers.around(climb.scopes) ?? nearest;
    return caller.kind === "listener"
      ? { kind: "listener", label: `"${caller.event}" of ${caller.emitter}` }
      : { kind: caller.kind, label: "" };
  };

  /** What a holder says by itself; null to climb on. */
  const answerAt = (row: NodeRow, climb: Climb): Waker | null => {
    const kind = nodeKind(graph, row);
    if (climb.isSure) return kind === "object" || kind === "engine" ? null : whatIsKnown(climb);
    switch (kind) {
      case "scope":
        climb.scopes.push(row);
        return null;
      case "function": {
        const caller = callers.ofFunction(row);
        return caller && calledBy(climb, caller);
      }
      case "native":
        return ofNodeOr(climb, { kind: "native", label: nodeWords(graph, row) });
      case "root":
        return whatIsKnown(climb, { kind: "native", label: "" });
      case "object":
        return answerOfObject(row, climb);
      default:
        return null;
    }
  };

  const answerOfObject = (row: NodeRow, climb: Climb): Waker | null => {
    const origin = origins.ofObject(row);
    const name = nodeWords(graph, row);
    if (origin === "native") return ofNodeOr(climb, { kind: "native", label: name });
    if (origin === "program") return climb.ofNode === null ? null : whatIsKnown(climb);
    if (isGenerator(graph, row)) return ofNodeOr(climb, { kind: "suspended function", label: "" });
    if (origin === "node dependency") climb.ofDependency = name;
    if (origin !== "node") return null;
    if (name === "Timeout") return calledBy(climb, { kind: "timer" });
    if (name === "Immediate") return calledBy(climb, { kind: "immediate" });
    climb.ofNode = name;
    return findEdge(graph, row, graph.types.edge.property, "_events") === -1
      ? null
      : whatIsKnown(climb);
  };

  /** The name that this holder gives to what is below it. */
  const takeName = (edge: EdgeRow, holder: NodeRow, climb: Climb): void => {
    const kind = nodeKind(graph, holder);
    if (climb.ofNode !== null || (climb.isSure && kind !== "object")) return;
    if (isCollection(graph, holder)) {
      climb.inCollection = true;
      return;
    }
    const { property, context } = graph.types.edge;
    const type = edgeType(graph, edge);
    const words = edgeWords(graph, edge, holder);
    if (kind === "scope" || kind === "global") {
      const isVariable = type === context || type === property;
      if (!isVariable || originOf(holder) !== "program") forgetDoubtful(climb, holder);
      else if (climb.inCollection || climb.names.length > 0 || callers.isCrowded(holder))
        addName(words, climb);
      else if (isResolver(graph, edgeTarget(graph, edge))) climb.resolver ??= words;
      else climb.variable ??= words;
      return;
    }
    if (kind !== "object" || type !== property) return;
    const origin = origins.ofObject(holder);
    if (origin === "program") addName(`${nodeWords(graph, holder)}.${words}`, climb);
    else if (origin !== "language") forgetDoubtful(climb, holder);
    // Without a class a name may be the key of a table, but hardly when a collection stands there.
    else if (climb.inCollection && !/^\d+$/.test(words)) {
      const owner = variableOf(holder);
      const name = `${owner ?? nodeWords(graph, holder)}.${words}[…]`;
      climb.names.push(name);
      climb.inCollection = false;
      climb.isQueue = true;
      climb.isSure ||= owner !== null;
    }
  };

  const forgetDoubtful = (climb: Climb, holder: NodeRow): void => {
    climb.inCollection = false;
    if (climb.isSure || originOf(holder) === "language") return;
    climb.names.length = 0;
    climb.isQueue = false;
  };

  /** What the program calls an object that it holds by a variable, or by a property of a class. */
  const variableOf = (row: NodeRow): string | null => {
    const edge = edgeBefore(row);
    if (edge === -1) return null;
    const holder = edgeSource(graph, edge);
    const isNamed = [graph.types.edge.property, graph.types.edge.context].includes(
      edgeType(graph, edge),
    );
    return isNamed && originOf(holder) === "program" ? edgeWords(graph, edge, holder) : null;
  };

  return (promise) => {
    const settler = resumption.settlerEdge(promise);
    if (settler === -1) return { kind: "nothing", label: "" };
    const climb: Climb = {
      names: [],
      isSure: false,
      inCollection: false,
      isQueue: false,
      variable: null,
      resolver: null,
      ofNode: null,
      ofDependency: null,
      scopes: [],
    };
    let row = edgeSource(graph, settler);
    if (ofAtomics.has(row)) return { kind: "native", label: "Atomics.waitAsync" };
    for (let step = 0; step < mostSteps && climb.names.length < mostNames; step++) {
      const answer = answerAt(row, climb);
      if (answer !== null) return answer;
      const edge = edgeBefore(firstOfList(row));
      if (edge === -1) break;
      row = edgeSource(graph, edge);
      takeName(edge, row, climb);
    }
    return whatIsKnown(climb, { kind: "object", label: nodeWords(graph, row) });
  };
}

function addName(name: string, climb: Climb): void {
  climb.names.push(climb.inCollection ? `${name}[…]` : name);
  climb.isQueue ||= climb.inCollection;
  climb.inCollection = false;
  climb.isSure = true;
}

function whatIsKnown(
  { names, isQueue, ofNode, ofDependency, variable, resolver }: Climb,
  otherwise: Waker = { kind: "object", label: "" },
): Waker {
  if (names.length > 0)
    return { kind: isQueue ? "queue" : "object", label: names.toReversed().join(" → ") };
  if (ofNode !== null) return { kind: "object", label: ofNode };
  const name = ofDependency ?? variable ?? resolver;
  return name === null ? otherwise : { kind: "object", label: name };
}

const ofNodeOr = ({ ofNode }: Climb, otherwise: Waker): Waker =>
  ofNode === null ? otherwise : { kind: "object", label: ofNode };

/** Goes to the first of a list of like objects, each the property of the one before, in steps that it remembers. */
function createListStarts(
  graph: HeapGraph,
  edgeBefore: Resumption["edgeBefore"],
): (row: NodeRow) => NodeRow {
  const starts = new Map<NodeRow, NodeRow>();
  return (row) => {
    const passed: NodeRow[] = [];
    let at = row;
    for (;;) {
      const known = starts.get(at);
      if (known !== undefined) {
        at = known;
        break;
      }
      const edge = edgeBefore(at);
      if (edge === -1 || edgeType(graph, edge) !== graph.types.edge.property) break;
      const before = edgeSource(graph, edge);
      if (nodeKind(graph, before) !== "object" || nodeName(graph, before) !== nodeName(graph, at))
        break;
      passed.push(at);
      at = before;
    }
    for (const one of passed) starts.set(one, at);
    return at;
  };
}

const isResolver = (graph: HeapGraph, row: NodeRow): boolean =>
  builtinOf(graph, row)?.startsWith("PromiseCapabilityDefault") ?? false;

const collections: ReadonlySet<string> = new Set(["Array", "Map", "Set", "WeakMap"]);

const isCollection = (graph: HeapGraph, row: NodeRow): boolean =>
  nodeKind(graph, row) === "object" && collections.has(nodeName(graph, row));
