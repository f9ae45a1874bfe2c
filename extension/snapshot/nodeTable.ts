import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { NumberArray } from "./numberArray.ts";
import type { NodeColumns } from "./snapshotColumns.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import { badCount, brokenRow, outOfRange } from "./tableErrors.ts";

const maxUint32 = 2 ** 32 - 1;

/** Gathers the `nodes` section. `firstEdge` is the running sum of the nodes' edge counts. */
export class NodeTable {
  readonly numbers: NumberArray;
  readonly #header: SnapshotHeader;
  #count = 0;
  #edgeSum = 0;
  #type = new Uint8Array(0);
  #name = new Uint32Array(0);
  #id = new Uint32Array(0);
  #selfSize = new Float64Array(0);
  #firstEdge = new Uint32Array(1);
  #detachedness = new Uint8Array(0);

  constructor(header: SnapshotHeader) {
    this.#header = header;
    this.numbers = new NumberArray("nodes", header.nodeFields.length, (batch, count, offset) =>
      this.#take(batch, count, offset),
    );
  }

  #take(batch: Float64Array, count: number, byteOffset: number): void {
    const { nodeFields, nodeCount, nodeTypes } = this.#header;
    const width = nodeFields.length;
    if (count % width !== 0) throw brokenRow("nodes", byteOffset);
    const rows = count / width;
    const first = this.#count;
    if (first + rows > nodeCount) throw badCount("nodes", nodeCount, "more", byteOffset);
    this.#makeRoom(first + rows);

    const typeAt = nodeFields.indexOf("type");
    const nameAt = nodeFields.indexOf("name");
    const idAt = nodeFields.indexOf("id");
    const selfSizeAt = nodeFields.indexOf("self_size");
    const edgeCountAt = nodeFields.indexOf("edge_count");
    const detachednessAt = nodeFields.indexOf("detachedness");
    const type = this.#type;
    const name = this.#name;
    const id = this.#id;
    const selfSize = this.#selfSize;
    const firstEdge = this.#firstEdge;
    let edgeSum = this.#edgeSum;
    let lowest = 0;
    let highest = 0;
    let highestType = 0;
    for (let row = first, at = 0; at < count; row++, at += width) {
      const typeCode = batch[at + typeAt]!;
      const nameIndex = batch[at + nameAt]!;
      const objectId = batch[at + idAt]!;
      const size = batch[at + selfSizeAt]!;
      const edges = batch[at + edgeCountAt]!;
      highestType = Math.max(highestType, typeCode);
      highest = Math.max(highest, nameIndex, objectId);
      lowest = Math.min(lowest, typeCode, nameIndex, objectId, size, edges);
      type[row] = typeCode;
      name[row] = nameIndex;
      id[row] = objectId;
      selfSize[row] = size;
      edgeSum += edges;
      firstEdge[row + 1] = edgeSum;
    }
    if (detachednessAt !== -1) {
      for (let row = first, at = detachednessAt; at < count; row++, at += width) {
        this.#detachedness[row] = batch[at]!;
      }
    }
    if (lowest < 0 || highest > maxUint32 || highestType >= nodeTypes.length) {
      throw this.#firstWrong(batch, count, byteOffset);
    }
    if (edgeSum > this.#header.edgeCount) {
      throw badCount("edges", this.#header.edgeCount, "more", byteOffset);
    }
    this.#edgeSum = edgeSum;
    this.#count = first + rows;
  }

  /** Looks again at a batch with something wrong in it: the fast loop only says that there is. */
  #firstWrong(batch: Float64Array, count: number, byteOffset: number): Error {
    const { nodeFields, nodeTypes } = this.#header;
    const width = nodeFields.length;
    for (let at = 0; at < count; at += width) {
      const row = this.#count + at / width;
      const type = batch[at + nodeFields.indexOf("type")]!;
      if (type >= nodeTypes.length) {
        const problem = `has type ${type}, but there are ${nodeTypes.length} types`;
        return outOfRange("nodes", row, problem, byteOffset);
      }
      for (const field of ["type", "name", "id", "self_size", "edge_count"]) {
        const value = batch[at + nodeFields.indexOf(field)]!;
        const isTooLarge = (field === "name" || field === "id") && value > maxUint32;
        if (value >= 0 && !isTooLarge) continue;
        return outOfRange("nodes", row, `has ${value} for its ${field}`, byteOffset);
      }
    }
    return brokenRow("nodes", byteOffset);
  }

  /** Checks what can only be known at the end. */
  finish(stringCount: number, byteOffset: number): NodeColumns {
    const count = this.#count;
    const { nodeCount, edgeCount } = this.#header;
    if (count !== nodeCount) throw badCount("nodes", nodeCount, "fewer", byteOffset);
    if (this.#edgeSum !== edgeCount) throw badCount("edges", edgeCount, "fewer", byteOffset);
    if (count === 0) {
      throw new SnapshotFormatError("bad-count", byteOffset, "The snapshot has no objects at all.");
    }
    const nodeName = trimmed(this.#name, count);
    for (let row = 0; row < count; row++) {
      if (nodeName[row]! < stringCount) continue;
      const problem = `is named by string ${nodeName[row]}, but there are ${stringCount} strings`;
      throw outOfRange("nodes", row, problem, byteOffset);
    }
    return {
      count,
      nodeType: trimmed(this.#type, count),
      nodeName,
      nodeId: trimmed(this.#id, count),
      nodeSelfSize: trimmed(this.#selfSize, count),
      firstEdge: trimmed(this.#firstEdge, count + 1),
      detachedness: this.#header.nodeFields.includes("detachedness")
        ? trimmed(this.#detachedness, count)
        : null,
    };
  }

  #makeRoom(needed: number): void {
    const used = this.#type.length;
    if (needed <= used) return;
    const capacity = grownCapacity(used, needed, this.#header.nodeCount);
    this.#type = resized(this.#type, capacity);
    this.#name = resized(this.#name, capacity);
    this.#id = resized(this.#id, capacity);
    this.#selfSize = resized(this.#selfSize, capacity);
    this.#firstEdge = resized(this.#firstEdge, capacity + 1);
    this.#detachedness = resized(this.#detachedness, capacity);
  }
}
