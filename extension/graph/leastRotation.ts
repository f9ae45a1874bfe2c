/**
 * Where to begin a ring of `length` values so that it reads least, in linear time (Shiloach, "Fast canonization of
 * circular strings", 1981): the same ring begins at the same value wherever one came into it.
 */
export function leastRotation(
  length: number,
  compare: (first: number, second: number) => number,
): number {
  let best = 0;
  let rival = 1;
  let same = 0;
  while (best < length && rival < length && same < length) {
    const order = compare((best + same) % length, (rival + same) % length);
    if (order === 0) {
      same++;
      continue;
    }
    if (order > 0) best += same + 1;
    else rival += same + 1;
    if (best === rival) rival++;
    same = 0;
  }
  return Math.min(best, rival);
}
