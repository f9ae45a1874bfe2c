import { SnapshotFormatError } from "./snapshotFormatError.ts";

/** Rows in a batch: it stays in the processor's cache. */
const batchRows = 1 << 11;
/** More digits don't fit a double exactly, and no field of a snapshot needs them. */
const maxDigits = 15;
/** As many digits always fit a 32-bit integer. */
const maxShortDigits = 9;

const expectFirst = 0;
const expectValue = 1;
const insideNumber = 2;
const expectSeparator = 3;

/** Takes `count` numbers, a whole number of rows except at the end of a damaged section. Copy what you keep. */
export type TakeNumbers = (batch: Float64Array, count: number, byteOffset: number) => void;

/**
 * Reads `[1,2,…]` in chunks cut anywhere and hands the numbers over in batches of whole rows. Only
 * integers: a snapshot has no others in the sections that are kept.
 */
export class NumberArray {
  readonly #section: string;
  readonly #take: TakeNumbers;
  readonly #batch: Float64Array;
  #count = 0;
  #state = expectFirst;
  #value = 0;
  #digits = 0;
  #negative = false;

  constructor(section: string, fieldsPerRow: number, take: TakeNumbers) {
    this.#section = section;
    this.#batch = new Float64Array(batchRows * fieldsPerRow);
    this.#take = take;
  }

  /**
   * Reads on from `from`, which stands behind the opening bracket. Returns the index behind the closing
   * bracket, or -1 when the chunk ended first.
   */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const end = chunk.length;
    let at = from;
    while (at < end) {
      if (this.#state === expectValue) at = this.#readShortNumbers(chunk, at, chunkOffset);
      if (at >= end) return -1;
      const byte = chunk[at++]!;
      if (byte >= 48 && byte <= 57 && this.#state !== expectSeparator) {
        this.#value = this.#value * 10 + byte - 48;
        this.#digits++;
        this.#state = insideNumber;
        if (this.#digits > maxDigits) {
          this.#fail("out-of-range", chunkOffset + at, "has a huge number");
        }
        continue;
      }
      if (byte === 45 && (this.#state === expectFirst || this.#state === expectValue)) {
        this.#negative = true;
        this.#state = insideNumber;
        continue;
      }
      if (this.#state === insideNumber) this.#endNumber(chunkOffset + at);
      if (byte === 44 && this.#state === expectSeparator) this.#state = expectValue;
      else if (byte === 93 && this.#state !== expectValue) {
        if (this.#count > 0) this.#take(this.#batch, this.#count, chunkOffset + at);
        this.#count = 0;
        this.#state = expectFirst;
        return at;
      } else if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) {
        this.#fail("not-json", chunkOffset + at - 1, "has something else than numbers");
      }
    }
    return -1;
  }

  /** Takes numbers of this section that were read before it was known what they mean. */
  replay(numbers: Float64Array, byteOffset: number): void {
    const batch = this.#batch;
    for (let at = 0; at < numbers.length; at += batch.length) {
      const part = numbers.subarray(at, at + batch.length);
      batch.set(part);
      this.#take(batch, part.length, byteOffset);
    }
  }

  /**
   * The fast lane, where nearly all bytes of a snapshot go through: numbers without a sign that fit 32-bit
   * arithmetic, each with its comma inside this chunk. V8 puts a line break before the comma between two
   * rows. Stops in front of the first number that isn't like that, and returns its index.
   */
  #readShortNumbers(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const batch = this.#batch;
    const batchSize = batch.length;
    // So far from the end, no index of a short number can be outside.
    const safeEnd = chunk.length - maxShortDigits - 2;
    let count = this.#count;
    let at = from;
    while (at < safeEnd) {
      let number = (chunk[at]! - 48) | 0;
      if (number < 0 || number > 9) break;
      let byte = chunk[at + 1]!;
      // Half of all numbers have one digit.
      if (byte === 44) at += 2;
      else {
        let behind = at + 1;
        while (byte >= 48 && byte <= 57) {
          number = (Math.imul(number, 10) + byte - 48) | 0;
          byte = chunk[++behind]!;
        }
        if (behind - at > maxShortDigits) break;
        if (byte === 10) byte = chunk[++behind]!;
        if (byte !== 44) break;
        at = behind + 1;
      }
      batch[count++] = number;
      if (count === batchSize) {
        this.#take(batch, count, chunkOffset + at);
        count = 0;
      }
    }
    this.#count = count;
    return at;
  }

  #endNumber(byteOffset: number): void {
    if (this.#digits === 0) this.#fail("not-json", byteOffset, "has something else than numbers");
    this.#batch[this.#count++] = this.#negative ? -this.#value : this.#value;
    if (this.#count === this.#batch.length) {
      this.#take(this.#batch, this.#count, byteOffset);
      this.#count = 0;
    }
    this.#value = 0;
    this.#digits = 0;
    this.#negative = false;
    this.#state = expectSeparator;
  }

  #fail(reason: "not-json" | "out-of-range", byteOffset: number, what: string): never {
    throw new SnapshotFormatError(
      reason,
      byteOffset,
      `The "${this.#section}" section ${what} at byte ${byteOffset}.`,
    );
  }
}
