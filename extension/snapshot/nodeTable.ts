import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { RowReader } from "./rowReader.ts";
import type { NodeColumns } from "./snapshotColumns.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import { badCount, outOfRange } from "./tableErrors.ts";

const maxUint32 = 2 ** 32 - 1;
const maxUint8 = 2 ** 8 - 1;
/** What every V8 so far writes of a node, in this order; others may follow. */
const usualFields = ["type", "name", "id", "self_size", "edge_count"] as const;
/** As many digits fit 32-bit arithmetic. */
const maxPlainDigits = 9;
const comma = 44;
const lineBreak = 10;

export interface NodeTableOptions {
  /** Whether `trace_node_id` is kept, if the file has it. */
  readonly keepTraceNodeId: boolean;
  /** Size of the file; 0 when it is not known. */
  readonly fileBytes: number;
}

/** Gathers the `nodes` section. `firstEdge` is the running sum of the nodes' edge counts. */
export class NodeTable {
  readonly rows: RowReader;
  readonly #header: SnapshotHeader;
  readonly #fileBytes: number;
  readonly #places: Readonly<Record<(typeof usualFields)[number], number>>;
  /** -1 for a field that the file doesn't have, or that nobody wants. */
  readonly #traceAt: number;
  readonly #detachednessAt: number;
  /** The numbers of a row in the fast lane. */
  readonly #plainRow: Int32Array;
  #count = 0;
  #edgeSum = 0;
  #type = new Uint8Array(0);
  #name = new Uint32Array(0);
  #id = new Uint32Array(0);
  #selfSize: Uint32Array | Float64Array = new Uint32Array(0);
  #firstEdge = new Uint32Array(1);
  #traceNodeId = new Uint32Array(0);
  #detachedness = new Uint8Array(0);
  #highestName = -1;
  #nodeOfHighestName = 0;

  constructor(header: SnapshotHeader, { keepTraceNodeId, fileBytes }: NodeTableOptions) {
    const { nodeFields } = header;
    this.#header = header;
    this.#fileBytes = fileBytes;
    this.#places = {
      type: nodeFields.indexOf("type"),
      name: nodeFields.indexOf("name"),
      id: nodeFields.indexOf("id"),
      self_size: nodeFields.indexOf("self_size"),
      edge_count: nodeFields.indexOf("edge_count"),
    };
    this.#traceAt = keepTraceNodeId ? nodeFields.indexOf("trace_node_id") : -1;
    this.#detachednessAt = nodeFields.indexOf("detachedness");
    this.#plainRow = new Int32Array(nodeFields.length);
    const isUsual = usualFields.every((field, at) => nodeFields[at] === field);
    this.rows = new RowReader(
      "nodes",
      nodeFields.length,
      (numbers, rowCount, offsetOf) => this.#take(numbers, rowCount, offsetOf),
      isUsual ? (chunk, from) => this.#readPlain(chunk, from) : undefined,
    );
  }

  /** A fifth of a snapshot's bytes goes through here. */
  #readPlain(chunk: Uint8Array, from: number): number {
    const { nodeTypes, edgeCount } = this.#header;
    const typeCount = nodeTypes.length;
    const row = this.#plainRow;
    const width = row.length;
    const traceAt = this.#traceAt;
    const detachednessAt = this.#detachednessAt;
    const type = this.#type;
    const name = this.#name;
    const id = this.#id;
    const selfSize = this.#selfSize;
    const firstEdge = this.#firstEdge;
    const capacity = type.length;
    // So far from the end, no index of a plain row can be outside.
    const safeEnd = chunk.length - width * (maxPlainDigits + 1) - 2;
    let highestName = this.#highestName;
    let edgeSum = this.#edgeSum;
    let node = this.#count;
    let at = from;
    rows: while (at < safeEnd && node < capacity) {
      let behind = at;
      for (let field = 0; field < width; field++) {
        const start = behind;
        let number = (chunk[behind]! - 48) | 0;
        if (number < 0 || number > 9) break rows;
        let byte = chunk[++behind]!;
        if (byte !== comma) {
          if (number !== 0) {
            while (byte >= 48 && byte <= 57) {
              number = (Math.imul(number, 10) + byte - 48) | 0;
              byte = chunk[++behind]!;
            }
          }
          if (behind - start > maxPlainDigits) break rows;
          if (byte === lineBreak) byte = chunk[++behind]!;
          if (byte !== comma) break rows;
        }
        behind++;
        row[field] = number;
      }
      const typeCode = row[0]!;
      const nameIndex = row[1]!;
      const edgesBehind = edgeSum + row[4]!;
      if (typeCode >= typeCount || edgesBehind > edgeCount) break;
      if (detachednessAt !== -1) {
        if (row[detachednessAt]! > maxUint8) break;
        this.#detachedness[node] = row[detachednessAt]!;
      }
      if (traceAt !== -1) this.#traceNodeId[node] = row[traceAt]!;
      if (nameIndex > highestName) {
        highestName = nameIndex;
        this.#nodeOfHighestName = node;
      }
      type[node] = typeCode;
      name[node] = nameIndex;
      id[node] = row[2]!;
      selfSize[node] = row[3]!;
      edgeSum = edgesBehind;
      node++;
      firstEdge[node] = edgeSum;
      at = behind;
    }
    this.#highestName = highestName;
    this.#edgeSum = edgeSum;
    this.#count = node;
    return at;
  }

  #take(numbers: Float64Array, rowCount: number, offsetOf: (row: number) => number): void {
    const { nodeFields, nodeTypes, nodeCount, edgeCount } = this.#header;
    const promised = Math.min(rowCount, nodeCount - this.#count);
    this.#makeRoom(this.#count + promised, offsetOf(0));
    for (let row = 0; row < promised; row++) {
      const fields = numbers.subarray(row * nodeFields.length, (row + 1) * nodeFields.length);
      const fail = (problem: string) => outOfRange("nodes", this.#count, problem, offsetOf(row));
      const type = fields[this.#places.type]!;
      if (type < 0 || type >= nodeTypes.length) {
        throw fail(`has type ${type}, but there are ${nodeTypes.length} types`);
      }
      const within = (at: number, highest: number): number => {
        const value = fields[at]!;
        if (value >= 0 && value <= highest) return value;
        throw fail(`has ${value} for its ${nodeFields[at]}`);
      };
      const name = within(this.#places.name, maxUint32);
      const id = within(this.#places.id, maxUint32);
      const size = within(this.#places.self_size, Number.MAX_SAFE_INTEGER);
      const edges = within(this.#places.edge_count, Number.MAX_SAFE_INTEGER);
      if (this.#traceAt !== -1) {
        this.#traceNodeId[this.#count] = within(this.#traceAt, maxUint32);
      }
      if (this.#detachednessAt !== -1) {
        this.#detachedness[this.#count] = within(this.#detachednessAt, maxUint8);
      }
      if (this.#edgeSum + edges > edgeCount) {
        const problem = `the nodes up to row ${this.#count} have ${this.#edgeSum + edges}`;
        throw badCount("edges", edgeCount, problem, offsetOf(row));
      }
      if (size > maxUint32 && this.#selfSize instanceof Uint32Array) {
        this.#selfSize = new Float64Array(this.#selfSize);
      }
      this.#add(type, name, id, size, edges);
    }
    if (rowCount > promised) {
      throw badCount("nodes", nodeCount, "there are more", offsetOf(promised));
    }
  }

  #add(type: number, name: number, id: number, size: number, edges: number): void {
    const node = this.#count;
    if (name > this.#highestName) {
      this.#highestName = name;
      this.#nodeOfHighestName = node;
    }
    this.#type[node] = type;
    this.#name[node] = name;
    this.#id[node] = id;
    this.#selfSize[node] = size;
    this.#edgeSum += edges;
    this.#count = node + 1;
    this.#firstEdge[this.#count] = this.#edgeSum;
  }

  /** Checks what can only be known at the end. `traceNodeId` is the field as it stands in the file. */
  finish(
    stringCount: number,
    byteOffset: number,
  ): NodeColumns & { readonly traceNodeId: Uint32Array | null } {
    const count = this.#count;
    const { nodeCount, edgeCount } = this.#header;
    if (count !== nodeCount) {
      throw badCount("nodes", nodeCount, `there are ${count}`, byteOffset);
    }
    if (this.#edgeSum !== edgeCount) {
      throw badCount("edges", edgeCount, `all nodes together have ${this.#edgeSum}`, byteOffset);
    }
    if (count === 0) {
      throw new SnapshotFormatError("bad-count", byteOffset, "The snapshot has no objects at all");
    }
    if (this.#highestName >= stringCount) {
      const problem = `is named by string ${this.#highestName}, but there are ${stringCount} strings`;
      throw outOfRange("nodes", this.#nodeOfHighestName, problem, byteOffset);
    }
    return {
      count,
      nodeType: trimmed(this.#type, count),
      nodeName: trimmed(this.#name, count),
      nodeId: trimmed(this.#id, count),
      nodeSelfSize: trimmed(this.#selfSize, count),
      firstEdge: trimmed(this.#firstEdge, count + 1),
      traceNodeId: this.#traceAt === -1 ? null : trimmed(this.#traceNodeId, count),
      detachedness: this.#detachednessAt === -1 ? null : trimmed(this.#detachedness, count),
    };
  }

  #makeRoom(needed: number, bytesRead: number): void {
    const used = this.#type.length;
    if (needed <= used) return;
    const hasTrace = this.#traceAt !== -1;
    const hasDetachedness = this.#detachednessAt !== -1;
    const bytesPerRow = 1 + 4 + 4 + 4 + 4 + (hasTrace ? 4 : 0) + (hasDetachedness ? 1 : 0);
    const { nodeCount: rows } = this.#header;
    const promised = { rows, bytesPerRow, bytesRead, fileBytes: this.#fileBytes };
    const capacity = grownCapacity(used, needed, promised);
    this.#type = resized(this.#type, capacity, bytesRead);
    this.#name = resized(this.#name, capacity, bytesRead);
    this.#id = resized(this.#id, capacity, bytesRead);
    this.#selfSize = resized(this.#selfSize, capacity, bytesRead);
    this.#firstEdge = resized(this.#firstEdge, capacity + 1, bytesRead);
    if (hasTrace) this.#traceNodeId = resized(this.#traceNodeId, capacity, bytesRead);
    if (hasDetachedness) this.#detachedness = resized(this.#detachedness, capacity, bytesRead);
  }
}
