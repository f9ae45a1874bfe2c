import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { NumberArray } from "./numberArray.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";

/**
 * Keeps the numbers of a section that comes before the header, which alone says how many make a row. V8 writes
 * the header first; other tools that rewrite snapshots need not.
 */
export class EarlyNumbers {
  readonly #reader: NumberArray;
  #numbers = new Float64Array(0);
  #count = 0;
  #endOffset = 0;

  constructor(section: string) {
    this.#reader = new NumberArray(section, 1, (batch, count, byteOffset) => {
      const needed = this.#count + count;
      if (needed > this.#numbers.length) {
        this.#numbers = resized(this.#numbers, grownCapacity(this.#numbers.length, needed, 0));
      }
      this.#numbers.set(batch.subarray(0, count), this.#count);
      this.#count = needed;
      this.#endOffset = byteOffset;
    });
  }

  /** As NumberArray.push. Anything but numbers means that this is the JSON of something else. */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    try {
      return this.#reader.push(chunk, from, chunkOffset);
    } catch (error) {
      if (!(error instanceof SnapshotFormatError)) throw error;
      throw new SnapshotFormatError(
        "not-a-snapshot",
        error.byteOffset,
        `The file is JSON, but not a heap snapshot as V8 writes it: ${error.message}`,
      );
    }
  }

  replayInto(table: NumberArray): void {
    table.replay(trimmed(this.#numbers, this.#count), this.#endOffset);
    this.#numbers = new Float64Array(0);
    this.#count = 0;
  }
}
