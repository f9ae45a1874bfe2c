/**
 * The calls that were cancelled, in memory that threads share: one that is in the middle of a pass, and reads no
 * messages, still sees it. Only the last few are remembered, since a thread looks every few milliseconds.
 */
export interface CancelledCalls {
  readonly memory: SharedArrayBuffer;
  add(id: number): void;
  has(id: number): boolean;
}

const remembered = 64;

/** `memory` is that of the other thread's, or a new one. */
export function createCancelledCalls(
  memory = new SharedArrayBuffer((remembered + 1) * Int32Array.BYTES_PER_ELEMENT),
): CancelledCalls {
  const words = new Int32Array(memory);
  /** Its first word counts what was added. */
  const ids = words.subarray(1);
  return {
    memory,
    add(id) {
      const place = Atomics.add(words, 0, 1) % ids.length;
      Atomics.store(ids, place, id);
    },
    has: (id) => ids.includes(id),
  };
}
