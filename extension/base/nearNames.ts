const mostNames = 5;

/**
 * Names that somebody who wrote `text` may have meant: first those that contain it or are contained in it, capital or
 * not, then those that differ by a few letters. At most five, in each kind in the order given.
 */
export function nearNames(text: string, names: Iterable<string>): string[] {
  const wanted = text.toLowerCase();
  const mostEdits = Math.max(1, Math.floor(wanted.length / 3));
  const containing: string[] = [];
  const similar: { readonly name: string; readonly edits: number }[] = [];
  for (const name of new Set(names)) {
    const lower = name.toLowerCase();
    if (lower.includes(wanted) || (lower.length > 2 && wanted.includes(lower))) {
      containing.push(name);
    } else if (Math.abs(lower.length - wanted.length) <= mostEdits) {
      const edits = editDistance(wanted, lower);
      if (edits <= mostEdits) similar.push({ name, edits });
    }
  }
  similar.sort((a, b) => a.edits - b.edits);
  return [...containing, ...similar.map(({ name }) => name)].slice(0, mostNames);
}

/** Letters to put in, take out or replace (Levenshtein), one row of the table at a time. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 0; at < one.length; at++) {
    const next = [at + 1];
    for (let to = 0; to < other.length; to++) {
      const replaced = (row[to] ?? 0) + (one[at] === other[to] ? 0 : 1);
      next.push(Math.min(replaced, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
