import { SnapshotFormatError } from "./snapshotFormatError.ts";

/** `trace_tree` nests as deep as the deepest stack; anything beyond this is not a snapshot. */
const maxDepth = 1 << 20;

const quote = 34;
const backslash = 92;

/**
 * Finds the end of one JSON value of any kind in chunks cut anywhere, without keeping it. Brackets must
 * match; what stands between them is not checked.
 */
export class JsonSkipper {
  /** One entry per open bracket: the byte that closes it. */
  readonly #closers: number[] = [];
  #inScalar = false;
  #inString = false;
  #escaped = false;

  /** The index behind the value, or -1 when the chunk ended first. A scalar ends before its delimiter. */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const end = chunk.length;
    let at = from;
    while (at < end) {
      const byte = chunk[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) {
          this.#inString = false;
          if (this.#closers.length === 0) return at + 1;
        }
        at++;
        continue;
      }
      const blank = byte === 32 || byte === 10 || byte === 13 || byte === 9;
      if (this.#closers.length === 0 && this.#inScalar) {
        if (blank || byte === 44 || byte === 125 || byte === 93) return at;
        if (!isScalarByte(byte)) this.#fail(chunkOffset + at);
      } else if (byte === quote) this.#inString = true;
      else if (byte === 91 || byte === 123) {
        if (this.#closers.length === maxDepth) this.#fail(chunkOffset + at);
        this.#closers.push(byte + 2);
      } else if (byte === 93 || byte === 125) {
        if (this.#closers.pop() !== byte) this.#fail(chunkOffset + at);
        if (this.#closers.length === 0) return at + 1;
      } else if (this.#closers.length === 0 && !blank) {
        if (!isScalarByte(byte)) this.#fail(chunkOffset + at);
        this.#inScalar = true;
      } else if (!blank && !isScalarByte(byte) && byte !== 44 && byte !== 58) {
        this.#fail(chunkOffset + at);
      }
      at++;
    }
    return -1;
  }

  #fail(byteOffset: number): never {
    throw new SnapshotFormatError(
      "not-json",
      byteOffset,
      `The file is not valid JSON at byte ${byteOffset}.`,
    );
  }
}

/** Bytes of `true`, `false`, `null` and of numbers. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) ||
    (byte >= 97 && byte <= 122) ||
    byte === 45 ||
    byte === 43 ||
    byte === 46 ||
    byte === 69
  );
}
