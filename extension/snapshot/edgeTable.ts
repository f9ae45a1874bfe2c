import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { RowReader } from "./rowReader.ts";
import type { EdgeColumns } from "./snapshotColumns.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import { badCount, outOfRange } from "./tableErrors.ts";

const maxUint32 = 2 ** 32 - 1;
/** The order in which every V8 so far writes an edge. */
const usualFields = "type,name_or_index,to_node";
/** Type, name and target of at most nine digits, commas and a line break. */
const longestPlainRow = 2 + 10 + 11;
/** As many digits behind the first one fit 32-bit arithmetic. */
const maxFurtherDigits = 8;
const comma = 44 - 48;
const lineBreak = 10 - 48;

/** Gathers the `edges` section. The file names a target by its offset among the node fields; we keep the row. */
export class EdgeTable {
  readonly rows: RowReader;
  readonly #header: SnapshotHeader;
  readonly #fileBytes: number;
  readonly #typeAt: number;
  readonly #nameAt: number;
  readonly #targetAt: number;
  /** By type: 1 where `name_or_index` is an index, 0 where it is a string's number. */
  readonly #hasIndex: Uint8Array;
  #count = 0;
  #type = new Uint8Array(0);
  #nameOrIndex = new Uint32Array(0);
  #target = new Uint32Array(0);
  #highestName = -1;
  #edgeOfHighestName = 0;

  /** `fileBytes` is the size of the file; 0 when it is not known. */
  constructor(header: SnapshotHeader, fileBytes: number) {
    const { edgeFields, edgeTypes } = header;
    this.#header = header;
    this.#fileBytes = fileBytes;
    this.#typeAt = edgeFields.indexOf("type");
    this.#nameAt = edgeFields.indexOf("name_or_index");
    this.#targetAt = edgeFields.indexOf("to_node");
    this.#hasIndex = Uint8Array.from(edgeTypes, (type) =>
      type === "element" || type === "hidden" ? 1 : 0,
    );
    this.rows = new RowReader(
      "edges",
      edgeFields.length,
      (numbers, rowCount, offsetOf) => this.#take(numbers, rowCount, offsetOf),
      edgeFields.join() === usualFields ? (chunk, from) => this.#readPlain(chunk, from) : undefined,
    );
  }

  /** Two thirds of a snapshot's bytes go through here. */
  #readPlain(chunk: Uint8Array, from: number): number {
    const { nodeCount, nodeFields, edgeTypes } = this.#header;
    const nodeWidth = nodeFields.length;
    const typeCount = Math.min(edgeTypes.length, 10);
    const hasIndex = this.#hasIndex;
    const type = this.#type;
    const nameOrIndex = this.#nameOrIndex;
    const target = this.#target;
    const capacity = type.length;
    const safeEnd = chunk.length - longestPlainRow;
    let highestName = this.#highestName;
    let edge = this.#count;
    let at = from;
    while (at < safeEnd && edge < capacity) {
      const typeCode = (chunk[at]! - 48) | 0;
      if (typeCode < 0 || typeCode >= typeCount || chunk[at + 1]! - 48 !== comma) break;

      let behind = at + 2;
      let name = (chunk[behind]! - 48) | 0;
      if (name < 0 || name > 9) break;
      let digit = chunk[++behind]! - 48;
      let limit = behind + maxFurtherDigits;
      if (name !== 0) {
        while (digit >= 0 && digit <= 9) {
          name = (Math.imul(name, 10) + digit) | 0;
          digit = chunk[++behind]! - 48;
        }
      }
      if (digit !== comma || behind > limit) break;

      let offset = (chunk[++behind]! - 48) | 0;
      if (offset < 0 || offset > 9) break;
      digit = chunk[++behind]! - 48;
      limit = behind + maxFurtherDigits;
      if (offset !== 0) {
        while (digit >= 0 && digit <= 9) {
          offset = (Math.imul(offset, 10) + digit) | 0;
          digit = chunk[++behind]! - 48;
        }
      }
      if (behind > limit) break;
      if (digit === lineBreak) digit = chunk[++behind]! - 48;
      if (digit !== comma) break;

      const quotient = offset / nodeWidth;
      const row = quotient >>> 0;
      if (row !== quotient || row >= nodeCount) break;
      if (name > highestName && hasIndex[typeCode] === 0) {
        highestName = name;
        this.#edgeOfHighestName = edge;
      }
      type[edge] = typeCode;
      nameOrIndex[edge] = name;
      target[edge] = row;
      edge++;
      at = behind + 1;
    }
    this.#highestName = highestName;
    this.#count = edge;
    return at;
  }

  #take(numbers: Float64Array, rowCount: number, offsetOf: (row: number) => number): void {
    const { edgeTypes, edgeFields, edgeCount, nodeFields, nodeCount } = this.#header;
    const first = this.#count;
    const promised = Math.min(rowCount, edgeCount - first);
    this.#makeRoom(first + promised, offsetOf(0));
    for (let row = 0; row < promised; row++) {
      const at = row * edgeFields.length;
      const type = numbers[at + this.#typeAt]!;
      const name = numbers[at + this.#nameAt]!;
      const offset = numbers[at + this.#targetAt]!;
      const target = offset / nodeFields.length;
      const fail = (problem: string) => outOfRange("edges", first + row, problem, offsetOf(row));
      if (type < 0 || type >= edgeTypes.length) {
        throw fail(`has type ${type}, but there are ${edgeTypes.length} types`);
      }
      if (name < 0 || name > maxUint32) throw fail(`has ${name} for its name or index`);
      if (target < 0 || target >= nodeCount) {
        const end = nodeCount * nodeFields.length;
        throw fail(`leads to ${offset}, but the ${nodeCount} nodes end at ${end}`);
      }
      if (!Number.isInteger(target)) {
        const width = nodeFields.length;
        throw fail(`leads to ${offset}, where no node begins: a node has ${width} fields`);
      }
      if (name > this.#highestName && this.#hasIndex[type] === 0) {
        this.#highestName = name;
        this.#edgeOfHighestName = first + row;
      }
      this.#type[first + row] = type;
      this.#nameOrIndex[first + row] = name;
      this.#target[first + row] = target;
    }
    if (rowCount > promised) {
      throw badCount("edges", edgeCount, "there are more", offsetOf(promised));
    }
    this.#count = first + rowCount;
  }

  /** Checks what can only be known at the end. */
  finish(stringCount: number, byteOffset: number): EdgeColumns {
    const count = this.#count;
    const { edgeCount } = this.#header;
    if (count !== edgeCount) {
      throw badCount("edges", edgeCount, `there are ${count}`, byteOffset);
    }
    if (this.#highestName >= stringCount) {
      const problem = `is named by string ${this.#highestName}, but there are ${stringCount} strings`;
      throw outOfRange("edges", this.#edgeOfHighestName, problem, byteOffset);
    }
    return {
      count,
      edgeType: trimmed(this.#type, count),
      edgeNameOrIndex: trimmed(this.#nameOrIndex, count),
      edgeTarget: trimmed(this.#target, count),
    };
  }

  #makeRoom(needed: number, bytesRead: number): void {
    const used = this.#type.length;
    if (needed <= used) return;
    const { edgeCount: rows } = this.#header;
    const promised = { rows, bytesPerRow: 1 + 4 + 4, bytesRead, fileBytes: this.#fileBytes };
    const capacity = grownCapacity(used, needed, promised);
    this.#type = resized(this.#type, capacity, bytesRead);
    this.#nameOrIndex = resized(this.#nameOrIndex, capacity, bytesRead);
    this.#target = resized(this.#target, capacity, bytesRead);
  }
}
