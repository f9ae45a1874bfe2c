import displayWidth from "fast-string-width";

/** Breaks a paragraph between words. A word that is longer than the line, such as a path, stays whole. */
export function wrap(text: string, width: number, hangingIndent = ""): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line.trim() !== "" && displayWidth(longer) > width) {
      lines.push(line);
      line = hangingIndent + word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

export function indent(lines: readonly string[], by: string): readonly string[] {
  return lines.map((line) => (line === "" ? "" : by + line));
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** At most `width` columns: the middle gives way, because a path's end says most and its start where. */
export function shortenMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return "…";
  const characters = [...segmenter.segment(text)].map(({ segment }) => segment);
  const startWidth = Math.floor((width - 1) / 3);
  const start = takeColumns(characters, startWidth);
  const end = takeColumns(characters.toReversed(), width - 1 - startWidth);
  return `${start.join("")}…${end.toReversed().join("")}`;
}

/** At most `width` columns: the end gives way. */
export function shortenEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const characters = [...segmenter.segment(text)].map(({ segment }) => segment);
  return `${takeColumns(characters, width - 1).join("")}…`;
}

function takeColumns(characters: readonly string[], width: number): readonly string[] {
  let used = 0;
  const end = characters.findIndex((character) => {
    used += displayWidth(character);
    return used > width;
  });
  return end === -1 ? characters : characters.slice(0, end);
}

export interface Column {
  readonly heading: string;
  /** Numbers stand on the right. */
  readonly align?: "left" | "right";
  /** Gives way, in the middle, when the row is too wide. */
  readonly flexible?: boolean;
}

const gap = 2;
const narrowestColumn = 12;

/** A table without rules, one line a row, in at most `width` columns if its flexible columns allow. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): { readonly heading: string; readonly rows: readonly string[] } {
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.heading), ...rows.map((row) => displayWidth(row[index] ?? ""))),
  );
  shrink(columns, widths, width);
  const drawRow = (cells: readonly string[]) =>
    columns
      .map((column, index) => {
        const columnWidth = widths[index] ?? 0;
        const cell = shortenMiddle(cells[index] ?? "", columnWidth);
        return column.align === "right" ? padStart(cell, columnWidth) : padEnd(cell, columnWidth);
      })
      .join(" ".repeat(gap))
      .trimEnd();
  return { heading: drawRow(columns.map(({ heading }) => heading)), rows: rows.map(drawRow) };
}

/** Takes what is too wide from the widest flexible column, again and again. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const total = () => widths.reduce((sum, each) => sum + each, gap * (widths.length - 1));
  while (total() > width) {
    const widest = columns.reduce((best, column, index) => {
      if (!column.flexible) return best;
      return best === -1 || (widths[index] ?? 0) > (widths[best] ?? 0) ? index : best;
    }, -1);
    const current = widths[widest] ?? 0;
    if (current <= narrowestColumn) return;
    widths[widest] = current - 1;
  }
}
