import type {
  RetainerRow,
  RetainersReport,
  RetainersRequest,
} from "../protocol/retainersReport.ts";

/** What holds something: one object, or several of a kind. */
export interface Holder<Held> {
  /** A holder of the same kind on the way to it means that the way goes round. */
  readonly kind: number;
  /** Itself, to ask for its own holders. */
  readonly held: Held;
  describe(): Promise<Omit<RetainerRow, "depth" | "isRepeated" | "hiddenHolders">>;
}

/** All that holds something, in the order in which it is shown. */
export interface HolderList<Held> {
  readonly total: number;
  readonly weak: number;
  at(index: number): Holder<Held>;
}

/**
 * The holders of something, their holders and so on, so many of each and so deep as is asked for. `kind` is that
 * of what they hold first.
 */
export async function retainerTree<Held>(
  subject: Held,
  kind: number,
  { depth, from, count }: Pick<RetainersRequest, "depth" | "from" | "count">,
  holdersOf: (held: Held) => HolderList<Held>,
): Promise<RetainersReport["retainers"]> {
  const rows: RetainerRow[] = [];
  const onTheWay = [kind];

  const descend = async (holders: HolderList<Held>, first: number): Promise<void> => {
    const end = Math.min(holders.total, first + count);
    for (let at = first; at < end; at++) {
      const holder = holders.at(at);
      const isRepeated = onTheWay.includes(holder.kind);
      const level = onTheWay.length;
      const row = { ...(await holder.describe()), depth: level, isRepeated };
      if (isRepeated || level === depth) {
        rows.push({ ...row, hiddenHolders: 0 });
        continue;
      }
      const next = holdersOf(holder.held);
      rows.push({ ...row, hiddenHolders: Math.max(0, next.total - count) });
      onTheWay.push(holder.kind);
      await descend(next, 0);
      onTheWay.pop();
    }
  };

  const holders = holdersOf(subject);
  if (depth > 0) await descend(holders, from);
  return { total: holders.total, from, weak: holders.weak, rows };
}
