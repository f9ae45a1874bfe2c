/** A node of a drawn heap. `row` is its place in the file, in the order of drawing. */
export interface DrawnNode {
  readonly row: number;
  readonly objectId: number;
}

export interface DrawnEdge {
  readonly type: string;
  readonly nameOrIndex: string | number;
  readonly to: DrawnNode;
}

/** Where a function begins; line and column are 0-based, as in a snapshot's `locations`. */
export interface DrawnPlace {
  readonly scriptId: number;
  readonly line: number;
  readonly column: number;
}

export interface NodeDetails {
  readonly selfSizeBytes?: number;
  readonly objectId?: number;
  readonly place?: DrawnPlace;
  /** 1 attached, 2 detached. */
  readonly detachedness?: number;
}

/** What the snapshot writer reads: everything that was drawn, node by node. */
export interface DrawnHeap {
  readonly nodes: readonly {
    readonly type: string;
    readonly name: string;
    readonly objectId: number;
    readonly selfSizeBytes: number;
    readonly edges: readonly DrawnEdge[];
    readonly detachedness?: number;
  }[];
  readonly places: readonly (DrawnPlace & { readonly node: DrawnNode })[];
}

/**
 * Draws a heap by hand, node by node and edge by edge, for tests that need to know the whole graph.
 * The idea is `dump { }` of LeakCanary's Shark.
 */
export interface HeapDrawing extends DrawnHeap {
  /** The synthetic root, which every snapshot begins with. */
  readonly root: DrawnNode;
  /** The user's global object, which the root holds. */
  readonly globals: DrawnNode;
  node(type: string, name: string, details?: NodeDetails): DrawnNode;
  edge(from: DrawnNode, type: string, nameOrIndex: string | number, to: DrawnNode): void;
  /** An ordinary object with its properties. */
  object(className: string, properties?: Readonly<Record<string, DrawnNode>>): DrawnNode;
  /** A closure of the script, with the variables that it and its siblings share. */
  closure(name: string, script: DrawnNode, details: ClosureDetails): DrawnNode;
  /** A scope with its variables. */
  scope(variables: Readonly<Record<string, DrawnNode>>): DrawnNode;
  script(name: string): DrawnNode;
  /** Makes the node a global variable: nothing collects it. */
  hold(name: string, node: DrawnNode): void;
}

export interface ClosureDetails {
  readonly place?: DrawnPlace;
  readonly scope?: DrawnNode;
  /** Name of the edge to the script: `script_or_debug_info` on Node 20, `script` later. */
  readonly scriptEdge?: string;
}

export function drawHeap(): HeapDrawing {
  const nodes: {
    -readonly [Key in keyof DrawnHeap["nodes"][number]]: DrawnHeap["nodes"][number][Key];
  }[] = [];
  const edgesOf: DrawnEdge[][] = [];
  const places: (DrawnPlace & { node: DrawnNode })[] = [];

  const node: HeapDrawing["node"] = (type, name, details = {}) => {
    const row = nodes.length;
    const objectId = details.objectId ?? row * 2 + 1;
    const edges: DrawnEdge[] = [];
    edgesOf.push(edges);
    const { selfSizeBytes = 16, detachedness } = details;
    const drawnNode = { type, name, objectId, selfSizeBytes, edges };
    nodes.push(detachedness === undefined ? drawnNode : { ...drawnNode, detachedness });
    const drawn = { row, objectId };
    if (details.place) places.push({ ...details.place, node: drawn });
    return drawn;
  };
  const edge: HeapDrawing["edge"] = (from, type, nameOrIndex, to) => {
    const edges = edgesOf[from.row];
    if (!edges) throw new Error(`Row ${from.row} was not drawn here.`);
    edges.push({ type, nameOrIndex, to });
  };

  const root = node("synthetic", "", { selfSizeBytes: 0 });
  const globals = node("object", "global");
  edge(root, "shortcut", "global", globals);

  const object: HeapDrawing["object"] = (className, properties = {}) => {
    const drawn = node("object", className);
    for (const [name, value] of Object.entries(properties)) edge(drawn, "property", name, value);
    return drawn;
  };
  const scope: HeapDrawing["scope"] = (variables) => {
    const drawn = node("object", "system / Context");
    for (const [name, value] of Object.entries(variables)) edge(drawn, "context", name, value);
    return drawn;
  };
  const script: HeapDrawing["script"] = (name) => {
    const drawn = node("code", name);
    edge(drawn, "internal", "name", node("string", name));
    return drawn;
  };
  const closure: HeapDrawing["closure"] = (name, ofScript, details) => {
    const drawn = node("closure", name, details.place ? { place: details.place } : {});
    const shared = node("code", name);
    edge(shared, "internal", details.scriptEdge ?? "script", ofScript);
    edge(drawn, "internal", "shared", shared);
    if (details.scope) edge(drawn, "internal", "context", details.scope);
    return drawn;
  };
  const hold: HeapDrawing["hold"] = (name, held) => edge(globals, "property", name, held);

  return { nodes, places, root, globals, node, edge, object, closure, scope, script, hold };
}
