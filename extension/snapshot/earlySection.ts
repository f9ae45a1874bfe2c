import { SnapshotFormatError } from "./snapshotFormatError.ts";
import type { ValueReader } from "./valueReader.ts";

/**
 * Keeps the bytes of a section that comes before the header, which alone says what its numbers mean. V8 writes
 * the header first; other tools that rewrite snapshots need not.
 */
export class EarlySection implements ValueReader {
  readonly #section: string;
  readonly #parts: { readonly bytes: Uint8Array; readonly byteOffset: number }[] = [];
  /** Lists that are open. */
  #depth = 1;

  constructor(section: string) {
    this.#section = section;
  }

  /** Begins behind the opening bracket. Anything but lists of numbers means that this is the JSON of something else. */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const end = chunk.length;
    let at = from;
    while (at < end && this.#depth > 0) {
      const byte = chunk[at]!;
      if (byte === 91) this.#depth++;
      else if (byte === 93) this.#depth--;
      else if (!isOfNumbers(byte)) {
        throw new SnapshotFormatError(
          "not-a-snapshot",
          chunkOffset + at,
          `The file is JSON, but not a heap snapshot as V8 writes it: its "${this.#section}" are no numbers`,
        );
      }
      at++;
    }
    this.#parts.push({ bytes: chunk.slice(from, at), byteOffset: chunkOffset + from });
    return this.#depth === 0 ? at : -1;
  }

  /** Hands the section over to its reader, which begins behind the opening bracket, too. */
  replayInto(reader: ValueReader): void {
    for (const { bytes, byteOffset } of this.#parts) reader.push(bytes, 0, byteOffset);
  }
}

/** Digits, minus signs, commas and blanks. */
function isOfNumbers(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || byte === 45 || byte === 44 || byte <= 32;
}
