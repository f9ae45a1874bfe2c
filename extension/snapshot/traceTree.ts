import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import type { TraceColumns } from "./snapshotColumns.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import { brokenRow, outOfRange } from "./tableErrors.ts";

const maxUint32 = 2 ** 32 - 1;
const section = "trace_tree";

const expectFirst = 0;
const expectValue = 1;
const insideNumber = 2;
const expectSeparator = 3;

/**
 * Reads the `trace_tree` section, `[1,0,2,80,[2,1,…,[]]]`: the fields of a stack one after the other, of which one is
 * the list of the stacks that go on from it. Nested as deep as it may be, without recursion.
 */
export class TraceTree {
  readonly #fields: readonly string[];
  readonly #childrenAt: number;
  readonly #idAt: number;
  readonly #functionAt: number;
  readonly #countAt: number;
  readonly #sizeAt: number;
  /** For each open list the row whose children it has; -1 for the outermost. */
  #owners = Int32Array.of(-1);
  #depth = 1;
  /** The row that is being read, and its next field. */
  #row = -1;
  #field = 0;
  #count = 0;
  #id = new Uint32Array(0);
  #parent = new Int32Array(0);
  #functionRow = new Uint32Array(0);
  #allocationCount = new Uint32Array(0);
  #allocatedBytes = new Float64Array(0);
  #state = expectFirst;
  #value = 0;
  #digits = 0;

  /** `fields` are those of `meta`, all that a trace needs among them. */
  constructor(fields: readonly string[]) {
    this.#fields = fields;
    this.#childrenAt = fields.indexOf("children");
    this.#idAt = fields.indexOf("id");
    this.#functionAt = fields.indexOf("function_info_index");
    this.#countAt = fields.indexOf("count");
    this.#sizeAt = fields.indexOf("size");
  }

  /** As RowReader.push. */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const end = chunk.length;
    let at = from;
    while (at < end) {
      const byteOffset = chunkOffset + at;
      const byte = chunk[at++]!;
      if (byte >= 48 && byte <= 57 && this.#state !== expectSeparator) {
        this.#readDigit(byte - 48, byteOffset);
        continue;
      }
      if (this.#state === insideNumber) this.#endNumber(byteOffset);
      if (byte === 44 && this.#state === expectSeparator) this.#state = expectValue;
      else if (byte === 91 && this.#state !== expectSeparator) this.#openList(byteOffset);
      else if (byte === 93 && this.#state !== expectValue) {
        if (this.#closeList(byteOffset)) return at;
      } else if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) this.#fail(byteOffset);
    }
    return -1;
  }

  #readDigit(digit: number, byteOffset: number): void {
    this.#state = insideNumber;
    if (this.#digits > 0 && this.#value === 0) this.#fail(byteOffset);
    this.#value = this.#value * 10 + digit;
    this.#digits++;
  }

  #endNumber(byteOffset: number): void {
    if (this.#field === 0) this.#beginRow(byteOffset);
    const field = this.#field;
    const value = this.#value;
    const highest = field === this.#sizeAt ? Number.MAX_SAFE_INTEGER : maxUint32;
    if (field === this.#childrenAt || value > highest) {
      const problem = `has ${value} for its ${this.#fields[field]}`;
      throw outOfRange(section, this.#row, problem, byteOffset);
    }
    if (field === this.#idAt) this.#id[this.#row] = value;
    else if (field === this.#functionAt) this.#functionRow[this.#row] = value;
    else if (field === this.#countAt) this.#allocationCount[this.#row] = value;
    else if (field === this.#sizeAt) this.#allocatedBytes[this.#row] = value;
    this.#value = 0;
    this.#digits = 0;
    this.#endField(field);
  }

  #openList(byteOffset: number): void {
    if (this.#field !== this.#childrenAt) this.#fail(byteOffset);
    if (this.#field === 0) this.#beginRow(byteOffset);
    if (this.#depth === this.#owners.length) {
      this.#owners = resized(this.#owners, grownCapacity(this.#depth, this.#depth + 1), byteOffset);
    }
    this.#owners[this.#depth++] = this.#row;
    this.#field = 0;
    this.#state = expectFirst;
  }

  /** True when it was the outermost. */
  #closeList(byteOffset: number): boolean {
    if (this.#field !== 0) throw brokenRow(section, byteOffset);
    this.#row = this.#owners[--this.#depth]!;
    if (this.#row === -1) return true;
    this.#endField(this.#childrenAt);
    return false;
  }

  #endField(field: number): void {
    this.#field = (field + 1) % this.#fields.length;
    this.#state = expectSeparator;
  }

  #beginRow(byteOffset: number): void {
    const row = this.#count++;
    if (row === this.#id.length) {
      const capacity = grownCapacity(row, row + 1);
      this.#id = resized(this.#id, capacity, byteOffset);
      this.#parent = resized(this.#parent, capacity, byteOffset);
      this.#functionRow = resized(this.#functionRow, capacity, byteOffset);
      this.#allocationCount = resized(this.#allocationCount, capacity, byteOffset);
      this.#allocatedBytes = resized(this.#allocatedBytes, capacity, byteOffset);
    }
    this.#row = row;
    this.#parent[row] = this.#owners[this.#depth - 1]!;
  }

  finish(): TraceColumns {
    const count = this.#count;
    return {
      count,
      id: trimmed(this.#id, count),
      parent: trimmed(this.#parent, count),
      functionRow: trimmed(this.#functionRow, count),
      allocationCount: trimmed(this.#allocationCount, count),
      allocatedBytes: trimmed(this.#allocatedBytes, count),
    };
  }

  #fail(byteOffset: number): never {
    throw new SnapshotFormatError(
      "not-json",
      byteOffset,
      `The "${section}" section has something else than nested lists of whole numbers`,
    );
  }
}
