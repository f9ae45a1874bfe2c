import { EarlyNumbers } from "./earlyNumbers.ts";
import { EdgeTable } from "./edgeTable.ts";
import { JsonSkipper } from "./jsonSkipper.ts";
import { LocationTable } from "./locationTable.ts";
import { NodeTable } from "./nodeTable.ts";
import type { SnapshotColumns } from "./snapshotColumns.ts";
import { SnapshotFormatError } from "./snapshotFormatError.ts";
import { parseSnapshotHeader, type SnapshotHeader } from "./snapshotHeader.ts";
import { StringArray } from "./stringArray.ts";

/** Reads a `.heapsnapshot` as it arrives. Nothing of the file is kept but the columns. */
export interface SnapshotParser {
  /** Bytes taken so far. */
  readonly bytesRead: number;
  /** The next bytes, cut anywhere. Throws SnapshotFormatError as soon as they can't be a snapshot. */
  push(chunk: Uint8Array): void;
  /** Call once, after the last chunk. Throws SnapshotFormatError when something is missing or contradicts. */
  finish(): SnapshotColumns;
}

export function createSnapshotParser(): SnapshotParser {
  return new StreamingParser();
}

/** Reads one value on from an index; returns the index behind it, or -1 when it goes on in the next chunk. */
interface ValueReader {
  push(chunk: Uint8Array, from: number, chunkOffset: number): number;
}

interface Tables {
  readonly header: SnapshotHeader;
  readonly nodes: NodeTable;
  readonly edges: EdgeTable;
  readonly locations: LocationTable;
}

type State =
  | "start"
  | "first key or end"
  | "key"
  | "inside key"
  | "colon"
  | "value"
  | "array bracket"
  | "inside value"
  | "separator"
  | "end";

/** No key that we know is longer, and a longer one is not a key of a snapshot. */
const maxKeyBytes = 64;
/** V8's header has 2 kB; a `snapshot` value beyond this is something else. */
const maxHeaderBytes = 1 << 20;
const decoder = new TextDecoder();

class StreamingParser implements SnapshotParser {
  bytesRead = 0;
  readonly #strings = new StringArray();
  readonly #seen = new Set<string>();
  readonly #keyBytes: number[] = [];
  #headerBytes: Uint8Array[] | null = null;
  #headerLength = 0;
  #tables: Tables | null = null;
  /** Sections that came before the header. */
  readonly #early = new Map<"nodes" | "edges" | "locations", EarlyNumbers>();
  #state: State = "start";
  #byteOrderMark = 0;
  #keyEscaped = false;
  #key = "";
  #reader: ValueReader = new JsonSkipper();

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
        throw new SnapshotFormatError("empty", this.bytesRead, "The file is empty.");
      }
      throw new SnapshotFormatError(
        "truncated",
        this.bytesRead,
        `The file ends after ${this.bytesRead} bytes, in the middle of the snapshot.`,
      );
    }
    const tables = this.#tables;
    if (tables === null) throw this.#notASnapshot();
    for (const section of ["nodes", "edges", "strings"]) {
      if (this.#seen.has(section)) continue;
      throw new SnapshotFormatError(
        "missing-section",
        this.bytesRead,
        `The snapshot has no "${section}" section.`,
      );
    }
    const stringCount = this.#strings.count;
    return {
      nodes: tables.nodes.finish(stringCount, this.bytesRead),
      edges: tables.edges.finish(stringCount, this.bytesRead),
      locations: tables.locations.finish(),
      strings: this.#strings.finish(),
      nodeTypes: tables.header.nodeTypes,
      edgeTypes: tables.header.edgeTypes,
    };
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
        return this.#beginValue(chunkOffset + at) ? this.#openArray(byte, next, chunkOffset) : at;
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
      this.#key = decoder.decode(Uint8Array.from(this.#keyBytes));
      this.#state = "colon";
      return;
    }
    if (this.#keyBytes.length === maxKeyBytes) {
      throw this.#notASnapshotAt(byteOffset);
    }
    this.#keyBytes.push(byte);
  }

  /** Chooses the reader of the value of `#key`; true when that reader starts behind an opening bracket. */
  #beginValue(byteOffset: number): boolean {
    const key = this.#key;
    if (this.#seen.has(key) && isKnownSection(key)) {
      throw new SnapshotFormatError(
        "not-a-snapshot",
        byteOffset,
        `The "${key}" section comes twice.`,
      );
    }
    this.#seen.add(key);
    this.#state = "inside value";
    if (!isKnownSection(key) || key === "snapshot") {
      this.#reader = new JsonSkipper();
      if (key === "snapshot") this.#headerBytes = [];
      return false;
    }
    if (key === "strings") {
      this.#reader = this.#strings;
      return true;
    }
    if (this.#tables === null) {
      const early = new EarlyNumbers(key);
      this.#early.set(key, early);
      this.#reader = early;
    } else this.#reader = this.#tables[key].numbers;
    return true;
  }

  #openArray(byte: number, next: number, chunkOffset: number): number {
    if (byte === 91) return next;
    throw new SnapshotFormatError(
      "not-a-snapshot",
      chunkOffset + next - 1,
      `The "${this.#key}" section is not a list.`,
    );
  }

  #keepHeader(chunk: Uint8Array, from: number, behind: number, chunkOffset: number): void {
    if (this.#headerBytes === null) return;
    const part = chunk.slice(from, behind < 0 ? chunk.length : behind);
    this.#headerBytes.push(part);
    this.#headerLength += part.length;
    if (this.#headerLength > maxHeaderBytes) throw this.#notASnapshotAt(chunkOffset + from);
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
    this.#tables = {
      header,
      nodes: new NodeTable(header),
      edges: new EdgeTable(header),
      locations: new LocationTable(header),
    };
    for (const [section, early] of this.#early) early.replayInto(this.#tables[section].numbers);
    this.#early.clear();
  }

  #failAtStart(byte: number, byteOffset: number): never {
    if (byte === 91 || byte === 34) throw this.#notASnapshotAt(byteOffset);
    throw new SnapshotFormatError(
      "not-json",
      byteOffset,
      "The file is not a heap snapshot: it does not begin as JSON.",
    );
  }

  #fail(byteOffset: number): never {
    throw new SnapshotFormatError(
      "not-json",
      byteOffset,
      `The file is not valid JSON at byte ${byteOffset}.`,
    );
  }

  #notASnapshot(): SnapshotFormatError {
    return this.#notASnapshotAt(this.bytesRead);
  }

  #notASnapshotAt(byteOffset: number): SnapshotFormatError {
    return new SnapshotFormatError(
      "not-a-snapshot",
      byteOffset,
      "The file is JSON, but not a heap snapshot as V8 writes it.",
    );
  }
}

const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];

const knownSections = ["snapshot", "nodes", "edges", "locations", "strings"] as const;

function isKnownSection(key: string): key is (typeof knownSections)[number] {
  return (knownSections as readonly string[]).includes(key);
}
