import { grownCapacity, resized } from "./growableColumn.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import type { ValueReader } from "./valueReader.ts";

/** What comes next, or what the next byte is inside of. */
type State =
  | "value"
  | "value or end"
  | "key"
  | "key or end"
  | "colon"
  | "separator"
  | "text"
  | "escape"
  | "hexadecimal"
  | "scalar";

const scalar = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;
/** No number that means anything is longer. */
const maxScalarBytes = 1 << 10;

const quote = 34;
const backslash = 92;

/** Finds the end of one JSON value of any kind and depth, without keeping it. */
export class JsonSkipper implements ValueReader {
  /** One bit for each open bracket: 1 for a curly one. */
  #isCurly = new Uint8Array(0);
  #depth = 0;
  #state: State = "value";
  #isKey = false;
  #hexDigits = 0;
  #scalar = "";

  /** With `insideList` it begins behind an opening bracket. */
  constructor({ insideList = false } = {}) {
    if (insideList) this.#open(false, 0);
  }

  /** A number ends in front of its delimiter. */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const end = chunk.length;
    let at = from;
    while (at < end) {
      const byte = chunk[at]!;
      if (this.#state === "scalar" && endsScalar(byte)) this.#endScalar(chunkOffset + at);
      else if (this.#state === "text") at = this.#skipText(chunk, at, chunkOffset);
      else this.#step(byte, chunkOffset + at++);
      if (this.#depth === 0 && this.#state === "separator") return at;
    }
    return -1;
  }

  /** Up to the end of the text or to the next escape; returns the index behind it. */
  #skipText(chunk: Uint8Array, from: number, chunkOffset: number): number {
    let at = from;
    while (at < chunk.length) {
      const byte = chunk[at++]!;
      if (byte < 32) this.#fail(chunkOffset + at - 1);
      if (byte === quote) {
        this.#state = this.#isKey ? "colon" : "separator";
        break;
      }
      if (byte === backslash) {
        this.#state = "escape";
        break;
      }
    }
    return at;
  }

  #step(byte: number, byteOffset: number): void {
    switch (this.#state) {
      case "scalar":
        this.#scalar += String.fromCharCode(byte);
        if (this.#scalar.length > maxScalarBytes) this.#fail(byteOffset);
        return;
      case "escape":
        if (!escapes.has(byte)) this.#fail(byteOffset);
        this.#hexDigits = byte === 117 ? 4 : 0;
        this.#state = this.#hexDigits > 0 ? "hexadecimal" : "text";
        return;
      case "hexadecimal":
        if (!/[0-9a-fA-F]/.test(String.fromCharCode(byte))) this.#fail(byteOffset);
        this.#hexDigits--;
        if (this.#hexDigits === 0) this.#state = "text";
        return;
    }
    if (byte === 32 || byte === 10 || byte === 13 || byte === 9) return;
    const isClosing = byte === 93 || byte === 125;
    switch (this.#state) {
      case "value or end":
      case "value":
        if (isClosing && this.#state === "value or end") this.#close(byte === 125, byteOffset);
        else this.#beginValue(byte, byteOffset);
        return;
      case "key or end":
      case "key":
        if (isClosing && this.#state === "key or end") this.#close(byte === 125, byteOffset);
        else if (byte === quote) this.#beginText(true);
        else this.#fail(byteOffset);
        return;
      case "colon":
        if (byte !== 58) this.#fail(byteOffset);
        this.#state = "value";
        return;
      case "separator":
        if (isClosing) this.#close(byte === 125, byteOffset);
        else if (byte === 44) this.#state = this.#isInnermostCurly() ? "key" : "value";
        else this.#fail(byteOffset);
    }
  }

  #beginValue(byte: number, byteOffset: number): void {
    if (byte === quote) this.#beginText(false);
    else if (byte === 91 || byte === 123) this.#open(byte === 123, byteOffset);
    else {
      this.#scalar = String.fromCharCode(byte);
      this.#state = "scalar";
    }
  }

  #beginText(isKey: boolean): void {
    this.#isKey = isKey;
    this.#state = "text";
  }

  #endScalar(byteOffset: number): void {
    if (!scalar.test(this.#scalar)) this.#fail(byteOffset);
    this.#state = "separator";
  }

  #open(isCurly: boolean, byteOffset: number): void {
    const place = this.#depth >>> 3;
    const bit = 1 << (this.#depth & 7);
    if (place === this.#isCurly.length) {
      this.#isCurly = resized(this.#isCurly, grownCapacity(place, place + 1), byteOffset);
    }
    if (isCurly) this.#isCurly[place]! |= bit;
    else this.#isCurly[place]! &= ~bit;
    this.#depth++;
    this.#state = isCurly ? "key or end" : "value or end";
  }

  #close(isCurly: boolean, byteOffset: number): void {
    if (this.#depth === 0 || this.#isInnermostCurly() !== isCurly) this.#fail(byteOffset);
    this.#depth--;
    this.#state = "separator";
  }

  #isInnermostCurly(): boolean {
    const last = this.#depth - 1;
    return ((this.#isCurly[last >>> 3]! >>> (last & 7)) & 1) === 1;
  }

  #fail(byteOffset: number): never {
    throw new SnapshotFormatError("not-json", byteOffset, "The file is not valid JSON");
  }
}

/** `"`, `\`, `/`, and b f n r t u. */
const escapes: ReadonlySet<number> = new Set([quote, backslash, 47, 98, 102, 110, 114, 116, 117]);

function endsScalar(byte: number): boolean {
  return byte <= 32 || byte === 44 || byte === 58 || byte === 93 || byte === 125;
}
