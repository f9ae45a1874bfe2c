const encoder = new TextEncoder();
/** A byte order mark at the beginning of a string is one of its characters. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The strings of a snapshot as UTF-8 bytes; a JavaScript string is made only when one is asked for. */
export interface StringTable {
  readonly count: number;
  /** Decoded anew at each call: keep the index rather than the text. */
  text(index: number): string;
  equals(index: number, text: string): boolean;
  startsWith(index: number, prefix: string): boolean;
  byteLength(index: number): number;
  startsWithDigit(index: number): boolean;
  /** Index of the first string that is this text, or -1. A scan of the table: ask once and keep it. */
  find(text: string): number;
}

/** The storage behind a table: a string lies in one segment, never across two. */
export interface StringBytes {
  readonly count: number;
  /** Where each string starts in its segment. */
  readonly starts: Uint32Array;
  readonly byteLengths: Uint32Array;
  readonly segments: readonly Uint8Array[];
  /** Index of the first string of each segment, ascending. */
  readonly segmentFirsts: readonly number[];
}

/** Reads strings out of their bytes. An index outside the table gives the empty string. */
export function createStringTable(bytes: StringBytes): StringTable {
  const { count, starts, byteLengths, segments, segmentFirsts } = bytes;

  const segmentOf = (index: number): Uint8Array => {
    let low = 0;
    let high = segmentFirsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (segmentFirsts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return segments[low]!;
  };

  const hasPrefix = (index: number, prefix: Uint8Array): boolean => {
    const segment = segmentOf(index);
    const start = starts[index]!;
    for (let at = 0; at < prefix.length; at++) {
      if (segment[start + at] !== prefix[at]) return false;
    }
    return true;
  };

  return {
    count,
    text(index) {
      if (index >= count) return "";
      const start = starts[index]!;
      return decoder.decode(segmentOf(index).subarray(start, start + byteLengths[index]!));
    },
    equals(index, text) {
      const wanted = encoder.encode(text);
      return index < count && byteLengths[index] === wanted.length && hasPrefix(index, wanted);
    },
    startsWith(index, prefix) {
      const wanted = encoder.encode(prefix);
      return index < count && byteLengths[index]! >= wanted.length && hasPrefix(index, wanted);
    },
    byteLength: (index) => (index < count ? byteLengths[index]! : 0),
    startsWithDigit(index) {
      if (index >= count || byteLengths[index] === 0) return false;
      const first = segmentOf(index)[starts[index]!]!;
      return first >= 48 && first <= 57;
    },
    find(text) {
      const wanted = encoder.encode(text);
      for (let index = 0; index < count; index++) {
        if (byteLengths[index] === wanted.length && hasPrefix(index, wanted)) return index;
      }
      return -1;
    },
  };
}
