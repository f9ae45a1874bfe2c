import { SnapshotFormatError, type SnapshotFormatReason } from "./snapshotFormatError.ts";
import { brokenRow } from "./tableErrors.ts";
import type { ValueReader } from "./valueReader.ts";

/** Numbers in a batch: it stays in the processor's cache. */
const batchNumbers = 1 << 11;
/** More digits don't fit a double exactly, and no field of a snapshot needs them. */
const maxDigits = 15;
/** As many digits always fit a 32-bit integer. */
const maxPlainDigits = 9;

const expectFirst = 0;
const expectValue = 1;
const insideNumber = 2;
const expectSeparator = 3;

/**
 * Takes whole rows of numbers, one after the other. The array is used again: copy what you keep. `offsetOf` counts
 * out, for messages, where in the file a row of this batch begins.
 */
export type TakeRows = (
  numbers: Float64Array,
  rowCount: number,
  offsetOf: (row: number) => number,
) => void;

/**
 * A fast lane: reads rows from `from` on, where one begins, as long as they are plain and whole and right.
 * Returns the index of the first row that is not; that one is read number by number.
 */
export type ReadPlainRows = (chunk: Uint8Array, from: number) => number;

/**
 * Reads `[1,2,…]` in chunks cut anywhere and hands it over in batches of rows; in batches of one where there is a
 * fast lane. Only integers, written as JSON wants them: a snapshot has no others in the sections that are kept.
 */
export class RowReader implements ValueReader {
  readonly #section: string;
  readonly #width: number;
  readonly #take: TakeRows;
  readonly #readPlainRows: ReadPlainRows | undefined;
  readonly #numbers: Float64Array;
  #count = 0;
  /** Numbers of the batch that came with earlier chunks, and the place where they begin; -1 for none. */
  #earlierCount = 0;
  #earlierOffset = -1;
  #chunk: Uint8Array = emptyChunk;
  #chunkOffset = 0;
  /** Index in the chunk at which the rest of the batch begins. */
  #batchFrom = 0;
  #state = expectFirst;
  #value = 0;
  #digits = 0;
  #negative = false;

  constructor(
    section: string,
    fieldsPerRow: number,
    take: TakeRows,
    readPlainRows?: ReadPlainRows,
  ) {
    this.#section = section;
    this.#width = fieldsPerRow;
    this.#take = take;
    this.#readPlainRows = readPlainRows;
    const rows = readPlainRows ? 1 : Math.max(1, Math.floor(batchNumbers / fieldsPerRow));
    this.#numbers = new Float64Array(rows * fieldsPerRow);
  }

  /** Begins behind the opening bracket. */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    this.#chunk = chunk;
    this.#chunkOffset = chunkOffset;
    this.#batchFrom = from;
    this.#earlierCount = this.#count;
    const end = chunk.length;
    let at = from;
    while (at < end) {
      if (this.#state === expectValue) {
        const behind = this.#readPlain(chunk, at);
        if (behind > at) {
          at = behind;
          continue;
        }
      }
      const byte = chunk[at++]!;
      if (byte >= 48 && byte <= 57 && this.#state !== expectSeparator) {
        this.#readDigit(byte - 48, chunkOffset + at - 1);
        continue;
      }
      if (byte === 45 && (this.#state === expectFirst || this.#state === expectValue)) {
        this.#negative = true;
        this.#state = insideNumber;
        continue;
      }
      if (this.#state === insideNumber) this.#endNumber(chunkOffset + at - 1);
      if (byte === 44 && this.#state === expectSeparator) {
        this.#state = expectValue;
        if (this.#count === this.#numbers.length) this.#handOver(at);
        // The comma belongs to a number of an earlier chunk.
        else if (this.#count === this.#earlierCount) this.#batchFrom = at;
      } else if (byte === 93 && this.#state !== expectValue) {
        this.#endList(at);
        return at;
      } else if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) {
        this.#failAsJson(chunkOffset + at - 1);
      }
    }
    this.#keepOpenRow();
    return -1;
  }

  /**
   * Nearly all bytes of a snapshot go through here or through a fast lane: numbers without a sign that fit 32-bit
   * arithmetic, each with its comma inside this chunk. V8 up to Node 22 puts a line break before the comma between
   * two rows. Stops in front of the first number that isn't like that, and returns its index.
   */
  #readPlain(chunk: Uint8Array, from: number): number {
    const numbers = this.#numbers;
    // So far from the end, no index of a plain number can be outside.
    const safeEnd = chunk.length - maxPlainDigits - 2;
    let count = this.#count;
    let at = from;
    if (count === 0 && this.#readPlainRows) {
      at = this.#readPlainRows(chunk, at);
      this.#batchFrom = at;
    }
    while (at < safeEnd) {
      let number = (chunk[at]! - 48) | 0;
      if (number < 0 || number > 9) break;
      let behind = at + 1;
      let byte = chunk[behind]!;
      // Half of all numbers have one digit; JSON has none with a zero in front.
      if (byte !== 44) {
        if (number !== 0) {
          while (byte >= 48 && byte <= 57) {
            number = (Math.imul(number, 10) + byte - 48) | 0;
            byte = chunk[++behind]!;
          }
        }
        if (behind - at > maxPlainDigits) break;
        if (byte === 10) byte = chunk[++behind]!;
        if (byte !== 44) break;
      }
      at = behind + 1;
      numbers[count++] = number;
      if (count < numbers.length) continue;
      this.#count = count;
      this.#handOver(at);
      count = 0;
      if (this.#readPlainRows) break;
    }
    this.#count = count;
    return at;
  }

  /** `behind` is where the next batch begins. */
  #handOver(behind: number): void {
    const rowCount = Math.floor(this.#count / this.#width);
    if (rowCount > 0) this.#take(this.#numbers, rowCount, (row) => this.#offsetOf(row));
    this.#numbers.copyWithin(0, rowCount * this.#width, this.#count);
    this.#count -= rowCount * this.#width;
    this.#earlierCount = 0;
    this.#earlierOffset = -1;
    this.#batchFrom = behind;
  }

  /** The chunk ends, perhaps in the middle of a row: what is whole is handed over while its bytes are there. */
  #keepOpenRow(): void {
    const rowCount = Math.floor(this.#count / this.#width);
    const isOpen = this.#count % this.#width !== 0 || this.#state === insideNumber;
    const openOffset = isOpen ? this.#offsetOf(rowCount) : -1;
    this.#handOver(this.#chunk.length);
    this.#earlierOffset = openOffset;
    this.#chunk = emptyChunk;
  }

  #endList(behind: number): void {
    const openOffset = this.#offsetOf(Math.floor(this.#count / this.#width));
    this.#handOver(behind);
    if (this.#count > 0) throw brokenRow(this.#section, openOffset);
  }

  #offsetOf(row: number): number {
    if (row === 0 && this.#earlierOffset !== -1) return this.#earlierOffset;
    const chunk = this.#chunk;
    let at = this.#batchFrom;
    for (
      let before = row * this.#width - this.#earlierCount;
      before > 0 && at < chunk.length;
      at++
    ) {
      if (chunk[at] === 44) before--;
    }
    while (chunk[at]! <= 32) at++;
    return this.#chunkOffset + at;
  }

  #readDigit(digit: number, byteOffset: number): void {
    if (this.#digits > 0 && this.#value === 0) this.#failAsJson(byteOffset);
    if (this.#digits === maxDigits) {
      this.#fail("out-of-range", byteOffset, `a number of more than ${maxDigits} digits`);
    }
    this.#state = insideNumber;
    this.#value = this.#value * 10 + digit;
    this.#digits++;
  }

  #endNumber(byteOffset: number): void {
    if (this.#digits === 0) this.#failAsJson(byteOffset);
    // Not -value: a zero has no sign.
    this.#numbers[this.#count++] = this.#negative ? 0 - this.#value : this.#value;
    this.#value = 0;
    this.#digits = 0;
    this.#negative = false;
    this.#state = expectSeparator;
  }

  #failAsJson(byteOffset: number): never {
    this.#fail("not-json", byteOffset, "something else than a list of whole numbers");
  }

  #fail(reason: SnapshotFormatReason, byteOffset: number, found: string): never {
    // A row before this place may be wrong, too: the same is said of a file however it is cut.
    this.#handOver(0);
    throw new SnapshotFormatError(
      reason,
      byteOffset,
      `The "${this.#section}" section has ${found}`,
    );
  }
}

const emptyChunk = new Uint8Array(0);
