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
    if (wrong) throw this.#firstWrong(batch, count, byteOffset);
    this.#count = first + rows;
  }

  /** Looks again at a batch with something wrong in it: the fast loop only says that there is. */
  #firstWrong(batch: Float64Array, count: number, byteOffset: number): Error {
    const { edgeFields, edgeTypes, nodeFields, nodeCount } = this.#header;
    const width = edgeFields.length;
    for (let at = 0; at < count; at += width) {
      const row = this.#count + at / width;
      const type = batch[at + edgeFields.indexOf("type")]!;
      const name = batch[at + edgeFields.indexOf("name_or_index")]!;
      const target = batch[at + edgeFields.indexOf("to_node")]!;
      const targetRow = target / nodeFields.length;
      let problem = "";
      if (type < 0 || type >= edgeTypes.length) {
        problem = `has type ${type}, but there are ${edgeTypes.length} types`;
      } else if (name < 0 || name > maxUint32) problem = `has ${name} for its name or index`;
      else if (targetRow < 0 || targetRow >= nodeCount) {
        problem = `leads to ${target}, but the ${nodeCount} nodes end at ${nodeCount * nodeFields.length}`;
      } else if (!Number.isInteger(targetRow)) {
        problem = `leads to ${target}, where no node begins: a node has ${nodeFields.length} fields`;
      }
      if (problem) return outOfRange("edges", row, problem, byteOffset);
    }
    return brokenRow("edges", byteOffset);
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
      if (type !== elementType && type !== hiddenType) {
        const problem = `is named by string ${edgeNameOrIndex[edge]}, but there are ${stringCount} strings`;
        throw outOfRange("edges", edge, problem, byteOffset);
      }
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
