import { newerLayout } from "./snapshotWriter.ts";

export interface LargeSnapshotOptions {
  /** About 100 bytes of the file each, 110 when there are many. */
  readonly nodes: number;
  readonly seed?: number;
  /** How long a string is on average; 24 characters make 2 % of the file. */
  readonly stringCharacters?: number;
}

const chunkBytes = 1 << 20;
const nodesPerString = 12;
/** Of all nodes, the share of functions, which have a place. */
const placesPerNode = 0.15;

/**
 * The bytes of a snapshot as Node 24 writes it, of any size, in chunks: a heap without any sense, but with the
 * proportions of a real one. The same options give the same bytes. Every node is reached from the root.
 */
export function* largeSnapshot(options: LargeSnapshotOptions): Generator<Uint8Array> {
  const { nodes: nodeCount, seed = 1, stringCharacters = 24 } = options;
  const stringCount = Math.ceil(nodeCount / nodesPerString) + 2;
  const heap = { nodeCount, stringCount, seed };
  const random = new Random(seed);
  const out = new Chunks();

  let edgeCount = 0;
  const counting = new Shapes(heap);
  while (counting.next()) edgeCount += counting.children + counting.links;
  out.text(`{"snapshot":${JSON.stringify(headerOf(nodeCount, edgeCount))},\n"nodes":[`);
  for (const shapes = new Shapes(heap); shapes.next(); ) {
    writeNode(out, random, heap, shapes);
    yield* out.full();
  }
  out.text('],\n"edges":[');
  for (const shapes = new Shapes(heap); shapes.next(); ) {
    writeEdges(out, random, heap, shapes);
    yield* out.full();
  }
  out.text('],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[');
  random.restart(seed);
  for (let row = 0, count = 0; row < nodeCount; row++) {
    if (random.next() >= placesPerNode) continue;
    out.number(row * nodeFieldCount, count++ === 0);
    for (const limit of [400, 60_000, 120]) out.number(random.below(limit));
    yield* out.full();
  }
  out.text('],\n"strings":["<dummy>",""');
  for (let index = 2; index < stringCount; index++) {
    out.text(`,"${textOf(index, stringCharacters, random.next())}"`);
    yield* out.full();
  }
  out.text("]}");
  yield* out.rest();
}

interface Heap {
  readonly nodeCount: number;
  readonly stringCount: number;
  readonly seed: number;
}

const nodeFieldCount = newerLayout.nodeFields.length;
const nodeType = (name: string) => newerLayout.nodeTypes.indexOf(name);
const edgeType = (name: string) => newerLayout.edgeTypes.indexOf(name);

function headerOf(nodeCount: number, edgeCount: number): object {
  const { nodeFields, nodeTypes, edgeFields, edgeTypes, locationFields } = newerLayout;
  return {
    meta: {
      node_fields: nodeFields,
      node_types: [nodeTypes, "string", ...Array(nodeFields.length - 2).fill("number")],
      edge_fields: edgeFields,
      edge_types: [edgeTypes, "string_or_number", "node"],
      location_fields: locationFields,
    },
    node_count: nodeCount,
    edge_count: edgeCount,
    trace_function_count: 0,
  };
}

/**
 * How many edges each node has, row by row: first those to `children` nodes from `firstChild` on, which nothing
 * else has to hold, then `links` others. Gone through anew for each section, so that nothing has to be kept.
 */
class Shapes {
  row = -1;
  firstChild = 1;
  children = 0;
  links = 0;
  readonly #heap: Heap;
  readonly #random: Random;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#random = new Random(heap.seed);
  }

  next(): boolean {
    this.row++;
    this.firstChild += this.children;
    const wanted = this.row === 0 ? 20 : this.#random.smallBelow(6);
    // As long as there are nodes left, the next one has a parent before it.
    const least = this.firstChild === this.row + 1 ? 1 : 0;
    this.children = Math.min(Math.max(wanted, least), this.#heap.nodeCount - this.firstChild);
    this.links = this.#random.smallBelow(18.5);
    return this.row < this.#heap.nodeCount;
  }
}

const nodeKinds = [
  ...["object", "object", "object", "array", "array", "closure", "closure"].map(nodeType),
  ...["code", "hidden", "hidden", "object shape", "string", "concatenated string"].map(nodeType),
  ...["number", "native", "symbol"].map(nodeType),
];

function writeNode(
  out: Chunks,
  random: Random,
  heap: Heap,
  { row, children, links }: Shapes,
): void {
  random.restart(heap.seed * 31 + row);
  const kind = nodeKinds[random.below(nodeKinds.length)] ?? 0;
  const isRoot = row === 0;
  out.number(isRoot ? nodeType("synthetic") : kind, isRoot);
  out.number(isRoot ? 1 : 1 + random.smallBelow(heap.stringCount - 1));
  out.number(2 * row + 1);
  out.number(isRoot ? 0 : 16 + 8 * Math.floor(random.smallBelow(1000) / (1 + 30 * random.next())));
  out.number(children + links);
  out.number(0);
}

const property = edgeType("property");
const internal = edgeType("internal");
const element = edgeType("element");
const hidden = edgeType("hidden");
const context = edgeType("context");
const weak = edgeType("weak");
const shortcut = edgeType("shortcut");

/** The commonest kinds come several times. */
const edgeKinds = [
  ...[property, property, property, property, property, property],
  ...[internal, internal, internal, internal, internal, internal],
  ...[element, element, hidden, context, weak],
];

function writeEdges(out: Chunks, random: Random, heap: Heap, shape: Shapes): void {
  const { row, firstChild, children, links } = shape;
  random.restart(heap.seed * 37 + row);
  for (let index = 0; index < children + links; index++) {
    const isChild = index < children;
    let kind = edgeKinds[random.below(edgeKinds.length)] ?? 0;
    // What only a weak edge leads to is not reached; the root's first child is the user's global object.
    if (isChild && kind === weak) kind = property;
    if (row === 0 && index === 0) kind = shortcut;
    const isNumbered = kind === element || kind === hidden;
    const target = isChild ? firstChild + index : linkTarget(heap.nodeCount, row, random);
    out.number(kind, row === 0 && index === 0);
    out.number(isNumbered ? index : 1 + random.smallBelow(heap.stringCount - 1));
    out.number(target * nodeFieldCount);
  }
}

/** Near its source, or one of the shapes and functions that everything refers to, or anywhere. */
function linkTarget(nodeCount: number, row: number, random: Random): number {
  const choice = random.next();
  if (choice < 0.6) return Math.abs(row - random.smallBelow(4000)) % nodeCount;
  if (choice < 0.95) return random.smallBelow(Math.min(nodeCount, 20_000));
  return random.below(nodeCount);
}

/** Some of them with escapes. */
function textOf(index: number, characters: number, choice: number): string {
  const name = `name${index}${choice < 0.02 ? String.raw`\u00e9\n\"` : "_"}`;
  return name.padEnd(Math.floor(characters * 2 * choice), "aVeryLongName");
}

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32 by Tommy Ettinger). */
class Random {
  #state = 0;

  constructor(seed: number) {
    this.restart(seed);
  }

  restart(seed: number): void {
    this.#state = Math.imul(seed, 0x9e3779b1);
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Likewise, but small ones are commoner. */
  smallBelow(limit: number): number {
    const number = this.next();
    return Math.floor(number * number * number * limit);
  }
}

/** Bytes that are written until there is a chunk of them. */
class Chunks {
  #chunk = new Uint8Array(chunkBytes);
  #used = 0;

  /** ASCII only. */
  text(ascii: string): void {
    this.#makeRoom(ascii.length);
    for (let at = 0; at < ascii.length; at++) this.#chunk[this.#used++] = ascii.charCodeAt(at);
  }

  /** Whole numbers that are not negative, with a comma before each but a section's first. */
  number(value: number, isFirst = false): void {
    this.#makeRoom(maxDigits + 1);
    if (!isFirst) this.#chunk[this.#used++] = comma;
    let digits = 1;
    for (let limit = 10; limit <= value; limit *= 10) digits++;
    let left = value;
    this.#used += digits;
    for (let at = this.#used - 1; digits > 0; at--, digits--) {
      const tenth = Math.floor(left / 10);
      this.#chunk[at] = 48 + left - tenth * 10;
      left = tenth;
    }
  }

  /** The chunk, if there is little room left in it. */
  full(): Uint8Array[] {
    return this.#used > chunkBytes - (1 << 16) ? this.rest() : noChunks;
  }

  rest(): Uint8Array[] {
    const written = this.#chunk.subarray(0, this.#used);
    this.#chunk = new Uint8Array(chunkBytes);
    this.#used = 0;
    return [written];
  }

  #makeRoom(more: number): void {
    if (this.#used + more <= this.#chunk.length) return;
    const larger = new Uint8Array(this.#chunk.length * 2 + more);
    larger.set(this.#chunk);
    this.#chunk = larger;
  }
}

const noChunks: Uint8Array[] = [];
const comma = 44;
const maxDigits = 16;
