/** A text to find: the whole of it, or a part that matches. */
export type TextMatch = string | RegExp;

/** Longest time for a step: a machine may be slow, and waiting costs nothing when all goes well. */
export const patienceMs = 60_000;
const pauseMs = 100;

/**
 * Looks again and again until `look` gives something. When time is up it fails with `what` was
 * awaited and, when `seen` is given, what there was instead.
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  { withinMs = patienceMs, seen }: { withinMs?: number; seen?: () => Promise<unknown> } = {},
): Promise<Found> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      const instead = seen ? `\nThere was: ${JSON.stringify(await seen(), undefined, 2)}` : "";
      throw new Error(`Not within ${withinMs} ms: ${what}.${instead}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export const matches = (text: string, match: TextMatch) =>
  typeof match === "string" ? text === match : match.test(text);

/**
 * The one entry that matches; undefined when there is none, or several: a list that is just being replaced has some twice
 * for a moment.
 */
export function findOne<Entry>(
  entries: readonly Entry[],
  textOf: (entry: Entry) => string,
  match: TextMatch,
): Entry | undefined {
  const [found, ...others] = entries.filter((entry) => matches(textOf(entry), match));
  return others.length === 0 ? found : undefined;
}
