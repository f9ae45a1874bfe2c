import type pico from "picocolors";

type Colors = ReturnType<typeof pico.createColors>;

/** Where and how a report is written. */
export interface Page {
  /** Where a paragraph breaks, in columns. */
  readonly proseWidth: number;
  /** Longest row of a table, in columns. */
  readonly rowWidth: number;
  readonly colors: Colors;
  /** Files inside it are shown relative to it. */
  readonly workingFolder: string;
  /** Shows in full what is otherwise folded into a line: info findings, Node's own registries, long paths. */
  readonly all: boolean;
}

/** A long line of prose is hard to read, however wide the terminal is. */
const widestProse = 100;
const narrowest = 40;

/**
 * A page on a terminal of that many columns; null for a file or a pipe, where each statement is one
 * line and nothing is cut, so that it can be searched.
 */
export function createPage(
  columns: number | null,
  rest: Pick<Page, "colors" | "workingFolder" | "all">,
): Page {
  if (columns === null) {
    return { ...rest, proseWidth: Number.POSITIVE_INFINITY, rowWidth: Number.POSITIVE_INFINITY };
  }
  const width = Math.max(narrowest, columns);
  return { ...rest, proseWidth: Math.min(width, widestProse), rowWidth: width };
}
