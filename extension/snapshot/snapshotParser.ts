import { EarlySection } from "./earlySection.ts";
import { JsonSkipper } from "./jsonSkipper.ts";
import type { SnapshotColumns } from "./snapshotColumns.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import { parseSnapshotHeader } from "./snapshotHeader.ts";
import {
  type ParserOptions,
  SnapshotTables,
  type TableSection,
  wantedSections,
} from "./snapshotTables.ts";
import { StringArray } from "./stringArray.ts";
import type { ValueReader } from "./valueReader.ts";

/** Reads a `.heapsnapshot` as it arrives. Nothing of the file is kept but the columns. */
export interface SnapshotParser {
  /** Bytes taken so far. */
  readonly bytesRead: number;
  /** The next bytes, cut anywhere. Throws SnapshotFormatError as soon as they can't be a snapshot. */
  push(chunk: Uint8Array): void;
  /** Call once, after the last chunk. Throws SnapshotFormatError when something is missing or contradicts. */
  finish(): SnapshotColumns;
}

/** `options` name the columns that are kept besides those that every graph needs. */
export function createSnapshotParser(options: ParserOptions = {}): SnapshotParser {
  return new StreamingParser(options);
}

type State =
  | "start"
  | "first key or end"
  | "key"
  | "inside key"
  | "colon"
  | "value"
  | "inside value"
  | "separator"
  | "end";

/** No key that we know is longer, and a longer one is not a key of a snapshot. */
const maxKeyBytes = 64;
/** V8's header has 2 kB; a `snapshot` value beyond this is something else. */
const maxHeaderBytes = 1 << 20;
/** A byte order mark anywhere but at the very beginning is a character like others. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

class StreamingParser implements SnapshotParser {
  bytesRead = 0;
  readonly #options: ParserOptions;
  readonly #wantedSections: readonly string[];
  readonly #strings = new StringArray();
  readonly #seen = new Set<string>();
  readonly #keyBytes: number[] = [];
  #headerBytes: Uint8Array[] | null = null;
  #headerLength = 0;
  #tables: SnapshotTables | null = null;
  /** Sections that came before the header. */
  readonly #early = new Map<TableSection, EarlySection>();
  #state: State = "start";
  #byteOrderMark = 0;
  #keyEscaped = false;
  #key = "";
  #reader: ValueReader = new JsonSkipper();

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#wantedSections = wantedSections(options);
  }

  push(chunk: Uint8Array): void {
    const chunkOffset = this.bytesRead;
    this.bytesRead += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      if (this.#state !== "inside value") {
        at = this.#step(chunk[at]!, at, chunkOffset);
        continue;
      }
      const behind = this.#reader.push(chunk, at, chunkOffset);
      this.#keepHeader(chunk, at, behind, chunkOffset);
      if (behind < 0) return;
      this.#endValue(chunkOffset + behind);
      at = behind;
    }
  }

  finish(): SnapshotColumns {
    if (this.#state !== "end") {
      if (this.#state === "start") {
        throw new SnapshotFormatError("empty", this.bytesRead, "The file is empty");
      }
      throw new SnapshotFormatError(
        "truncated",
        this.bytesRead,
        `The file ends after ${this.bytesRead} bytes, in the middle of the snapshot`,
      );
    }
    const tables = this.#tables;
    if (tables === null) throw this.#notASnapshot(this.bytesRead);
    for (const section of ["nodes", "edges", "strings"]) {
      if (this.#seen.has(section)) continue;
      throw new SnapshotFormatError(
        "missing-section",
        this.bytesRead,
        `The snapshot has no "${section}" section`,
      );
    }
    // The parser may live on: what the columns were gathered in must not.
    this.#tables = null;
    this.#reader = new JsonSkipper();
    return tables.finish(this.#strings.finish(), this.bytesRead);
  }

  /** One byte of the outermost object; returns the index to go on at. */
  #step(byte: number, at: number, chunkOffset: number): number {
    const next = at + 1;
    if (this.#state === "inside key") {
      this.#readKey(byte, chunkOffset + at);
      return next;
    }
    if (byte === 32 || byte === 10 || byte === 13 || byte === 9) return next;
    switch (this.#state) {
      case "start":
        if (byte === 123 && this.#byteOrderMark % byteOrderMark.length === 0) {
          this.#state = "first key or end";
        } else if (byte === byteOrderMark[this.#byteOrderMark] && this.#isMark(chunkOffset + at)) {
          this.#byteOrderMark++;
        } else this.#failAtStart(byte, chunkOffset + at);
        return next;
      case "first key or end":
      case "key":
        if (byte === 34) {
          this.#keyBytes.length = 0;
          this.#state = "inside key";
        } else if (byte === 125 && this.#state === "first key or end") this.#state = "end";
        else this.#fail(chunkOffset + at);
        return next;
      case "colon":
        if (byte !== 58) this.#fail(chunkOffset + at);
        this.#state = "value";
        return next;
      case "value":
        return this.#beginValue(byte, at, chunkOffset);
      case "separator":
        if (byte === 44) this.#state = "key";
        else if (byte === 125) this.#state = "end";
        else this.#fail(chunkOffset + at);
        return next;
      default:
        return this.#fail(chunkOffset + at);
    }
  }

  #isMark(byteOffset: number): boolean {
    return byteOffset === this.#byteOrderMark;
  }

  #readKey(byte: number, byteOffset: number): void {
    if (this.#keyEscaped) this.#keyEscaped = false;
    else if (byte === 92) this.#keyEscaped = true;
    else if (byte === 34) {
      this.#endKey(byteOffset);
      return;
    }
    if (this.#keyBytes.length === maxKeyBytes) throw this.#notASnapshot(byteOffset);
    this.#keyBytes.push(byte);
  }

  #endKey(byteOffset: number): void {
    const text = decoder.decode(Uint8Array.from(this.#keyBytes));
    try {
      this.#key = JSON.parse(`"${text}"`);
    } catch {
      this.#fail(byteOffset);
    }
    this.#state = "colon";
  }

  /** Chooses the reader of the value of `#key`, which begins with this byte; returns where that reader begins. */
  #beginValue(byte: number, at: number, chunkOffset: number): number {
    const key = this.#key;
    const isKnown = key === "snapshot" || key === "strings" || this.#isWanted(key);
    if (isKnown && this.#seen.has(key)) {
      throw new SnapshotFormatError(
        "not-a-snapshot",
        chunkOffset + at,
        `The "${key}" section comes twice`,
      );
    }
    this.#seen.add(key);
    this.#state = "inside value";
    if (key === "snapshot") this.#headerBytes = [];
    const reader = this.#readerOf(key);
    this.#reader = reader ?? new JsonSkipper();
    if (reader === null) return at;
    if (byte === 91) return at + 1;
    throw new SnapshotFormatError(
      "not-a-snapshot",
      chunkOffset + at,
      `The "${key}" section is not a list`,
    );
  }

  /** The reader of a list, or null for what is skipped. */
  #readerOf(key: string): ValueReader | null {
    if (key === "strings") return this.#strings;
    if (!this.#isWanted(key)) return null;
    if (this.#tables !== null) return this.#tables.readerOf(key);
    const early = new EarlySection(key);
    this.#early.set(key, early);
    return early;
  }

  #isWanted(key: string): key is TableSection {
    return this.#wantedSections.includes(key);
  }

  #keepHeader(chunk: Uint8Array, from: number, behind: number, chunkOffset: number): void {
    if (this.#headerBytes === null) return;
    const part = chunk.slice(from, behind < 0 ? chunk.length : behind);
    const room = maxHeaderBytes - this.#headerLength;
    if (part.length > room) throw this.#notASnapshot(chunkOffset + from + room);
    this.#headerBytes.push(part);
    this.#headerLength += part.length;
  }

  #endValue(byteOffset: number): void {
    this.#state = "separator";
    if (this.#headerBytes === null) return;
    const text = this.#headerBytes;
    this.#headerBytes = null;
    const bytes = new Uint8Array(this.#headerLength);
    let used = 0;
    for (const part of text) {
      bytes.set(part, used);
      used += part.length;
    }
    const header = parseSnapshotHeader(decoder.decode(bytes), byteOffset);
    const tables = new SnapshotTables(header, this.#options);
    for (const [section, early] of this.#early) {
      early.replayInto(tables.readerOf(section) ?? new JsonSkipper({ insideList: true }));
    }
    this.#early.clear();
    this.#tables = tables;
  }

  #failAtStart(byte: number, byteOffset: number): never {
    if (byte === 91 || byte === 34) throw this.#notASnapshot(byteOffset);
    const archive = byte === 0x1f ? ", but as a gzip archive does; unpack it first" : "";
    throw new SnapshotFormatError(
      "not-a-snapshot",
      byteOffset,
      `The file is not a heap snapshot: it does not begin as JSON${archive}`,
    );
  }

  #fail(byteOffset: number): never {
    throw new SnapshotFormatError("not-json", byteOffset, "The file is not valid JSON");
  }

  #notASnapshot(byteOffset: number): SnapshotFormatError {
    return new SnapshotFormatError(
      "not-a-snapshot",
      byteOffset,
      "The file is JSON, but not a heap snapshot as V8 writes it",
    );
  }
}

const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];
