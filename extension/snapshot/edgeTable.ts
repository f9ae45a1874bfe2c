import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { NumberArray } from "./numberArray.ts";
import type { EdgeColumns } from "./snapshotColumns.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import { badCount, brokenRow, outOfRange } from "./tableErrors.ts";

const maxUint32 = 2 ** 32 - 1;

/** Gathers the `edges` section. The file names a target by its offset among the node fields; we keep the row. */
export class EdgeTable {
  readonly numbers: NumberArray;
  readonly #header: SnapshotHeader;
  #count = 0;
  #type = new Uint8Array(0);
  #nameOrIndex = new Uint32Array(0);
  #target = new Uint32Array(0);

  constructor(header: SnapshotHeader) {
    this.#header = header;
    this.numbers = new NumberArray("edges", header.edgeFields.length, (batch, count, offset) =>
      this.#take(batch, count, offset),
    );
  }

  #take(batch: Float64Array, count: number, byteOffset: number): void {
    const { edgeFields, edgeCount, edgeTypes, nodeFields, nodeCount } = this.#header;
    const width = edgeFields.length;
    if (count % width !== 0) throw brokenRow("edges", byteOffset);
    const rows = count / width;
    const first = this.#count;
    if (first + rows > edgeCount) throw badCount("edges", edgeCount, "more", byteOffset);
    this.#makeRoom(first + rows);

    const typeAt = edgeFields.indexOf("type");
    const nameAt = edgeFields.indexOf("name_or_index");
    const targetAt = edgeFields.indexOf("to_node");
    const nodeWidth = nodeFields.length;
    const type = this.#type;
    const nameOrIndex = this.#nameOrIndex;
    const target = this.#target;
    let wrong = false;
    for (let edge = first, at = 0; at < count; edge++, at += width) {
      const typeCode = batch[at + typeAt]!;
      const name = batch[at + nameAt]!;
      const row = batch[at + targetAt]! / nodeWidth;
      const rowInteger = row >>> 0;
      wrong ||=
        rowInteger !== row ||
        rowInteger >= nodeCount ||
        name < 0 ||
        name > maxUint32 ||
        typeCode < 0 ||
        typeCode >= edgeTypes.length;
      type[edge] = typeCode;
      nameOrIndex[edge] = name;
      target[edge] = rowInteger;
    }
    if (wrong) throw outOfRange("edges", byteOffset);
    this.#count = first + rows;
  }

  /** Checks what can only be known at the end. */
  finish(stringCount: number, byteOffset: number): EdgeColumns {
    const count = this.#count;
    const { edgeCount, edgeTypes } = this.#header;
    if (count !== edgeCount) throw badCount("edges", edgeCount, "fewer", byteOffset);
    const edgeType = trimmed(this.#type, count);
    const edgeNameOrIndex = trimmed(this.#nameOrIndex, count);
    const elementType = edgeTypes.indexOf("element");
    const hiddenType = edgeTypes.indexOf("hidden");
    for (let edge = 0; edge < count; edge++) {
      if (edgeNameOrIndex[edge]! < stringCount) continue;
      const type = edgeType[edge];
      if (type !== elementType && type !== hiddenType) throw outOfRange("edges", byteOffset);
    }
    return { count, edgeType, edgeNameOrIndex, edgeTarget: trimmed(this.#target, count) };
  }

  #makeRoom(needed: number): void {
    const used = this.#type.length;
    if (needed <= used) return;
    const capacity = grownCapacity(used, needed, this.#header.edgeCount);
    this.#type = resized(this.#type, capacity);
    this.#nameOrIndex = resized(this.#nameOrIndex, capacity);
    this.#target = resized(this.#target, capacity);
  }
}
