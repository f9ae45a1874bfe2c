/** Numbers pairs of 32-bit numbers from 0 on, in the order in which they first come. */
export interface PairNumbers {
  readonly count: number;
  numberOf(first: number, second: number): number;
}

const empty = -1;

/** A hash table in typed arrays: a pair takes 16 to 32 bytes, where a map of keys would make an object. */
export function createPairNumbers(): PairNumbers {
  let capacity = 1 << 9;
  let slots = new Int32Array(2 * capacity).fill(empty);
  let firsts = new Int32Array(capacity);
  let seconds = new Int32Array(capacity);
  let count = 0;

  const grow = () => {
    capacity *= 2;
    const firstsBefore = firsts;
    const secondsBefore = seconds;
    firsts = new Int32Array(capacity);
    firsts.set(firstsBefore);
    seconds = new Int32Array(capacity);
    seconds.set(secondsBefore);
    slots = new Int32Array(2 * capacity).fill(empty);
    for (let number = 0; number < count; number++) {
      slots[slotOf(firsts[number]!, seconds[number]!)] = number;
    }
  };

  /** Where the pair is, or where it belongs. */
  const slotOf = (first: number, second: number): number => {
    const mask = slots.length - 1;
    const mixed = Math.imul(first, 0x9e37_79b1) ^ Math.imul(second, 0x85eb_ca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (;;) {
      const number = slots[slot]!;
      if (number === empty || (firsts[number] === first && seconds[number] === second)) return slot;
      slot = (slot + 1) & mask;
    }
  };

  return {
    get count() {
      return count;
    },
    numberOf(first, second) {
      const firstInteger = first | 0;
      const secondInteger = second | 0;
      let slot = slotOf(firstInteger, secondInteger);
      const known = slots[slot]!;
      if (known !== empty) return known;
      if (count === capacity) {
        grow();
        slot = slotOf(firstInteger, secondInteger);
      }
      firsts[count] = firstInteger;
      seconds[count] = secondInteger;
      slots[slot] = count;
      return count++;
    },
  };
}
