/** What may be done by one at a time. */
export interface Turns {
  /**
   * Does the work when it is its turn, in the order of asking. `onWait` is told when that is not at once;
   * a signal that aborts before ends the waiting, and the result rejects with its reason.
   */
  take<Result>(work: () => Promise<Result>, options?: TurnOptions): Promise<Result>;
}

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: (() => void) | undefined;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let isTaken = false;

  const myTurn = ({ signal, onWait }: TurnOptions): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (!isTaken) {
        isTaken = true;
        resolve();
        return;
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal?.reason);
      };
      const go = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      waiting.push(go);
      signal?.addEventListener("abort", leave, { once: true });
      onWait?.();
    });

  return {
    async take(work, options = {}) {
      await myTurn(options);
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else isTaken = false;
      }
    },
  };
}
