/**
 * A package of the demo: locks rows for writing. A lock that nobody uses any more is meant to give
 * its ticket back by itself. It never does: the fault of the `self-retained` scenario.
 */
export interface RowLock {
  readonly rowId: number;
  describe(): string;
}

const openTickets = new Set<number>();
let ticketsTaken = 0;

const locks = new FinalizationRegistry<() => void>(function unlockRow(unlock) {
  unlock();
});

export function lockRow(rowId: number): RowLock {
  const ticket = ++ticketsTaken;
  openTickets.add(ticket);
  const lock: RowLock = { rowId, describe: () => `row ${lock.rowId} is locked` };
  // `unlock` never mentions `lock`. But all closures of one scope share one context, and `describe`
  // needs `lock` in it: the held value keeps its own target alive, and the callback is never due.
  // Registering the plain `ticket` instead would mend it.
  const unlock = () => {
    openTickets.delete(ticket);
  };
  locks.register(lock, unlock);
  return lock;
}

/** Locks handed out so far, and how many of them were given back. */
export function lockCounts(): { readonly registered: number; readonly freed: number } {
  return { registered: ticketsTaken, freed: ticketsTaken - openTickets.size };
}
