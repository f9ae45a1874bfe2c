import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { RowReader } from "./rowReader.ts";
import type { NodeColumns } from "./snapshotColumns.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import { badCount, outOfRange } from "./tableErrors.ts";

const maxUint32 = 2 ** 32 - 1;
const maxUint8 = 2 ** 8 - 1;

/** Gathers the `nodes` section. `firstEdge` is the running sum of the nodes' edge counts. */
export class NodeTable {
  readonly rows: RowReader;
  readonly #header: SnapshotHeader;
  /** -1 for a field that the file doesn't have, or that nobody wants. */
  readonly #traceAt: number;
  readonly #detachednessAt: number;
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

  constructor(header: SnapshotHeader, { keepTraceNodeId = false } = {}) {
    const { nodeFields } = header;
    this.#header = header;
    this.#traceAt = keepTraceNodeId ? nodeFields.indexOf("trace_node_id") : -1;
    this.#detachednessAt = nodeFields.indexOf("detachedness");
    this.rows = new RowReader("nodes", nodeFields.length, (numbers, rowCount, offsetOf) =>
      this.#take(numbers, rowCount, offsetOf),
    );
  }

  #take(numbers: Float64Array, rowCount: number, offsetOf: (row: number) => number): void {
    const { nodeCount } = this.#header;
    const promised = Math.min(rowCount, nodeCount - this.#count);
    this.#makeRoom(this.#count + promised, offsetOf(0));
    this.#takePromised(numbers, promised, offsetOf);
    if (rowCount > promised) {
      throw badCount("nodes", nodeCount, "there are more", offsetOf(promised));
    }
  }

  #takePromised(numbers: Float64Array, rowCount: number, offsetOf: (row: number) => number): void {
    const { nodeFields, nodeTypes, edgeCount } = this.#header;
    const width = nodeFields.length;
    const first = this.#count;
    const typeAt = nodeFields.indexOf("type");
    const nameAt = nodeFields.indexOf("name");
    const idAt = nodeFields.indexOf("id");
    const selfSizeAt = nodeFields.indexOf("self_size");
    const edgeCountAt = nodeFields.indexOf("edge_count");
    const type = this.#type;
    const name = this.#name;
    const id = this.#id;
    const selfSize = this.#selfSize;
    const firstEdge = this.#firstEdge;
    let edgeSum = this.#edgeSum;
    let lowest = 0;
    let highest = 0;
    let highestSize = 0;
    let highestType = 0;
    let highestName = this.#highestName;
    for (let row = 0, at = 0; row < rowCount; row++, at += width) {
      const node = first + row;
      const typeCode = numbers[at + typeAt]!;
      const nameIndex = numbers[at + nameAt]!;
      const objectId = numbers[at + idAt]!;
      const size = numbers[at + selfSizeAt]!;
      const edges = numbers[at + edgeCountAt]!;
      highestType = Math.max(highestType, typeCode);
      highest = Math.max(highest, nameIndex, objectId);
      highestSize = Math.max(highestSize, size);
      lowest = Math.min(lowest, typeCode, nameIndex, objectId, size, edges);
      if (nameIndex > highestName) {
        highestName = nameIndex;
        this.#nodeOfHighestName = node;
      }
      type[node] = typeCode;
      name[node] = nameIndex;
      id[node] = objectId;
      selfSize[node] = size;
      edgeSum += edges;
      firstEdge[node + 1] = edgeSum;
    }
    const isWrong =
      lowest < 0 ||
      highest > maxUint32 ||
      highestType >= nodeTypes.length ||
      edgeSum > edgeCount ||
      !this.#takeOptional(numbers, rowCount);
    if (isWrong) throw this.#firstWrong(numbers, rowCount, offsetOf);
    if (highestSize > maxUint32) this.#widenSizes(numbers, rowCount);
    this.#highestName = highestName;
    this.#edgeSum = edgeSum;
    this.#count = first + rowCount;
  }

  /** Takes the sizes of a batch once more, with room for one over 4 GiB. */
  #widenSizes(numbers: Float64Array, rowCount: number): void {
    const { nodeFields } = this.#header;
    const selfSizeAt = nodeFields.indexOf("self_size");
    if (this.#selfSize instanceof Uint32Array) this.#selfSize = new Float64Array(this.#selfSize);
    for (let row = 0; row < rowCount; row++) {
      this.#selfSize[this.#count + row] = numbers[row * nodeFields.length + selfSizeAt]!;
    }
  }

  /** False when a value has no room in its column. */
  #takeOptional(numbers: Float64Array, rowCount: number): boolean {
    const width = this.#header.nodeFields.length;
    for (let row = 0; row < rowCount && this.#traceAt !== -1; row++) {
      const traceNodeId = numbers[row * width + this.#traceAt]!;
      if (traceNodeId < 0 || traceNodeId > maxUint32) return false;
      this.#traceNodeId[this.#count + row] = traceNodeId;
    }
    for (let row = 0; row < rowCount && this.#detachednessAt !== -1; row++) {
      const detachedness = numbers[row * width + this.#detachednessAt]!;
      if (detachedness < 0 || detachedness > maxUint8) return false;
      this.#detachedness[this.#count + row] = detachedness;
    }
    return true;
  }

  /** Looks again at a batch with something wrong in it: the fast loop only says that there is. */
  #firstWrong(
    numbers: Float64Array,
    rowCount: number,
    offsetOf: (row: number) => number,
  ): SnapshotFormatError {
    const { nodeFields, nodeTypes, edgeCount } = this.#header;
    const limits = [
      { at: nodeFields.indexOf("name"), highest: maxUint32 },
      { at: nodeFields.indexOf("id"), highest: maxUint32 },
      { at: nodeFields.indexOf("self_size"), highest: Number.MAX_SAFE_INTEGER },
      { at: nodeFields.indexOf("edge_count"), highest: Number.MAX_SAFE_INTEGER },
      { at: this.#traceAt, highest: maxUint32 },
      { at: this.#detachednessAt, highest: maxUint8 },
    ].filter(({ at }) => at !== -1);
    let edgeSum = this.#edgeSum;
    for (let row = 0; row < rowCount; row++) {
      const node = this.#count + row;
      const start = row * nodeFields.length;
      const type = numbers[start + nodeFields.indexOf("type")]!;
      if (type < 0 || type >= nodeTypes.length) {
        const problem = `has type ${type}, but there are ${nodeTypes.length} types`;
        return outOfRange("nodes", node, problem, offsetOf(row));
      }
      for (const { at, highest } of limits) {
        const value = numbers[start + at]!;
        if (value >= 0 && value <= highest) continue;
        return outOfRange("nodes", node, `has ${value} for its ${nodeFields[at]}`, offsetOf(row));
      }
      edgeSum += numbers[start + nodeFields.indexOf("edge_count")]!;
      if (edgeSum > edgeCount) {
        const problem = `the nodes up to row ${node} have ${edgeSum}`;
        return badCount("edges", edgeCount, problem, offsetOf(row));
      }
    }
    throw new Error("A batch of nodes was called wrong, and nothing in it is.");
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
    const promised = { rows: this.#header.nodeCount, bytesPerRow, bytesRead };
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
