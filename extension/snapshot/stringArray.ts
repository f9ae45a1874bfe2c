import { emptyColumn, grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import { createStringTable, type StringTable } from "./stringTable.ts";
import type { ValueReader } from "./valueReader.ts";

const expectFirst = 0;
const expectValue = 1;
const insideString = 2;
const afterBackslash = 3;
const insideUnicodeEscape = 4;
const expectSeparator = 5;

const firstSegmentBytes = 1 << 12;
const maxSegmentBytes = 1 << 25;
/** V8 can't make a longer string of one, and a heap can't have held one. */
const maxStringBytes = 2 ** 29 - 24;

const quote = 34;
const backslash = 92;

/** Reads `["a","b",…]` in chunks cut anywhere; the strings are kept unescaped, as UTF-8. */
export class StringArray implements ValueReader {
  readonly #segments: Uint8Array[] = [];
  readonly #segmentFirsts: number[] = [0];
  #segment = new Uint8Array(firstSegmentBytes);
  #used = 0;
  #start = 0;
  #starts = new Uint32Array(0);
  #byteLengths = new Uint32Array(0);
  #count = 0;
  #state = expectFirst;
  #escapeDigits = 0;
  #escape = 0;
  /** The first half of a surrogate pair, until its second half is seen; 0 for none. */
  #highSurrogate = 0;
  #chunkOffset = 0;

  constructor() {
    this.#segments.push(this.#segment);
  }

  /** Begins behind the opening bracket. */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const end = chunk.length;
    let at = from;
    this.#chunkOffset = chunkOffset;
    while (at < end) {
      if (this.#state === insideString) {
        at = this.#copyPlain(chunk, at);
        if (at === end) return -1;
      }
      const byte = chunk[at++]!;
      switch (this.#state) {
        case insideString:
          if (byte === backslash) this.#state = afterBackslash;
          else if (byte === quote) this.#endString();
          else
            this.#fail(chunkOffset + at - 1, "has a line break or control character in a string");
          break;
        case afterBackslash:
          this.#readEscape(byte, chunkOffset + at - 1);
          break;
        case insideUnicodeEscape:
          this.#readHex(byte, chunkOffset + at - 1);
          break;
        default:
          if (byte === 32 || byte === 10 || byte === 13 || byte === 9) break;
          if (byte === quote && this.#state !== expectSeparator) {
            this.#start = this.#used;
            this.#state = insideString;
          } else if (byte === 44 && this.#state === expectSeparator) this.#state = expectValue;
          else if (byte === 93 && this.#state !== expectValue) {
            this.#state = expectFirst;
            return at;
          } else this.#fail(chunkOffset + at - 1, "has something else than strings");
      }
    }
    return -1;
  }

  finish(): StringTable {
    return createStringTable({
      count: this.#count,
      starts: trimmed(this.#starts, this.#count),
      byteLengths: trimmed(this.#byteLengths, this.#count),
      segments: this.#segments,
      segmentFirsts: this.#segmentFirsts,
    });
  }

  /** Copies up to the next quote, backslash or control character; returns its index, or the chunk's length. */
  #copyPlain(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let at = from;
    if (this.#highSurrogate !== 0 && at < end && chunk[at] !== backslash) this.#flushSurrogate();
    let segment = this.#segment;
    let used = this.#used;
    while (at < end) {
      const byte = chunk[at]!;
      if (byte === quote || byte === backslash || byte < 32) break;
      if (used === segment.length) {
        this.#used = used;
        this.#makeRoom();
        segment = this.#segment;
        used = this.#used;
      }
      segment[used++] = byte;
      at++;
    }
    this.#used = used;
    return at;
  }

  #endString(): void {
    this.#flushSurrogate();
    const count = this.#count;
    if (count === this.#starts.length) {
      const capacity = grownCapacity(count, count + 1);
      this.#starts = resized(this.#starts, capacity, this.#chunkOffset);
      this.#byteLengths = resized(this.#byteLengths, capacity, this.#chunkOffset);
    }
    this.#starts[count] = this.#start;
    this.#byteLengths[count] = this.#used - this.#start;
    this.#count = count + 1;
    this.#state = expectSeparator;
  }

  #readEscape(byte: number, byteOffset: number): void {
    if (byte === 117) {
      this.#escape = 0;
      this.#escapeDigits = 0;
      this.#state = insideUnicodeEscape;
      return;
    }
    const plain = plainEscapes.get(byte);
    if (plain === undefined) this.#fail(byteOffset, "has an unknown escape");
    this.#flushSurrogate();
    this.#append(plain as number);
    this.#state = insideString;
  }

  #readHex(byte: number, byteOffset: number): void {
    const digit = hexDigit(byte);
    if (digit < 0) this.#fail(byteOffset, "has an unknown escape");
    this.#escape = this.#escape * 16 + digit;
    this.#escapeDigits++;
    if (this.#escapeDigits < 4) return;
    this.#state = insideString;
    const unit = this.#escape;
    if (unit >= 0xdc00 && unit <= 0xdfff && this.#highSurrogate !== 0) {
      const high = this.#highSurrogate;
      this.#highSurrogate = 0;
      this.#appendCodePoint(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      return;
    }
    this.#flushSurrogate();
    if (unit >= 0xd800 && unit <= 0xdbff) this.#highSurrogate = unit;
    else this.#appendCodePoint(unit);
  }

  /** Half of a surrogate pair can't be written in UTF-8: it becomes U+FFFD, as TextEncoder does it. */
  #flushSurrogate(): void {
    if (this.#highSurrogate === 0) return;
    this.#highSurrogate = 0;
    this.#appendCodePoint(0xfffd);
  }

  #appendCodePoint(codePoint: number): void {
    const code = codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
    if (code < 0x80) this.#append(code);
    else if (code < 0x800) {
      this.#append(0xc0 | (code >> 6));
      this.#append(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      this.#append(0xe0 | (code >> 12));
      this.#append(0x80 | ((code >> 6) & 0x3f));
      this.#append(0x80 | (code & 0x3f));
    } else {
      this.#append(0xf0 | (code >> 18));
      this.#append(0x80 | ((code >> 12) & 0x3f));
      this.#append(0x80 | ((code >> 6) & 0x3f));
      this.#append(0x80 | (code & 0x3f));
    }
  }

  #append(byte: number): void {
    if (this.#used === this.#segment.length) this.#makeRoom();
    this.#segment[this.#used++] = byte;
  }

  /** Opens a new segment and moves the beginning of the current string there. */
  #makeRoom(): void {
    const begun = this.#used - this.#start;
    if (begun >= maxStringBytes) {
      throw new SnapshotFormatError(
        "too-large",
        this.#chunkOffset,
        `The "strings" section has a string of more than ${maxStringBytes} bytes`,
      );
    }
    const grown = Math.min(this.#segment.length * 2, maxSegmentBytes);
    const size = Math.max(grown, Math.min(begun * 2, maxStringBytes));
    const segment = emptyColumn(this.#segment, size, this.#chunkOffset);
    segment.set(this.#segment.subarray(this.#start, this.#used));
    // A segment without a finished string is only the shorter copy of what was moved.
    if (this.#segmentFirsts.at(-1) === this.#count) this.#segments.pop();
    else this.#segmentFirsts.push(this.#count);
    this.#segments.push(segment);
    this.#segment = segment;
    this.#start = 0;
    this.#used = begun;
  }

  #fail(byteOffset: number, what: string): never {
    throw new SnapshotFormatError("not-json", byteOffset, `The "strings" section ${what}`);
  }
}

const plainEscapes: ReadonlyMap<number, number> = new Map([
  [quote, quote],
  [backslash, backslash],
  [47, 47],
  [98, 8],
  [102, 12],
  [110, 10],
  [114, 13],
  [116, 9],
]);

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
