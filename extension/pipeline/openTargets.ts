import { abortable } from "../base/abortable.ts";
import type { AnalysisEvent, CloseOutcome, TargetId } from "../protocol/analysisApi.ts";
import { unknownTargetId } from "../protocol/analysisErrors.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { TargetSession } from "./targetSession.ts";

export interface OpenTargets {
  /**
   * The target that goes by one of these names, opened by `begin` if there is none. All who ask at the
   * same time share one opening, which is given up when the last of them is aborted.
   */
  open(
    names: readonly string[],
    begin: Begin,
    context: CallContext<AnalysisEvent>,
  ): Promise<{ readonly id: TargetId; readonly session: TargetSession }>;
  session(id: TargetId): TargetSession;
  /** The last owner's closing closes the session. */
  close(id: TargetId): Promise<CloseOutcome>;
  /** Closes all, and gives up those that are being opened. */
  dispose(): Promise<void>;
}

type Begin = (context: CallContext<AnalysisEvent>) => Promise<TargetSession>;

/** One target, which several may have opened. */
interface Entry {
  readonly id: TargetId;
  /** Who is told what opening it tells. */
  readonly listeners: Set<CallContext<AnalysisEvent>["emit"]>;
  readonly stopOpening: AbortController;
  opened: Promise<unknown>;
  session: TargetSession | null;
  /** Calls that wait for the session or have it, and have not given it back. */
  owners: number;
  /** It proved to be one that is open by another name: its owners are now owners of that one. */
  sameAs: Entry | null;
}

/** `inBackground` is given what has to end before the process may. */
export function createOpenTargets(inBackground: (work: Promise<unknown>) => void): OpenTargets {
  const byId = new Map<TargetId, Entry>();
  const byName = new Map<string, Entry>();
  let nextId = 1;

  const find = (names: readonly string[]): Entry | undefined =>
    names.map((name) => byName.get(name)).find((entry) => entry !== undefined);

  const forget = (entry: Entry): void => {
    byId.delete(entry.id);
    for (const [name, known] of byName) if (known === entry) byName.delete(name);
  };

  const closeSession = async (session: TargetSession): Promise<CloseOutcome> => {
    const { outcome, settled } = await session.close();
    inBackground(settled);
    return outcome;
  };

  const giveBack = async (entry: Entry): Promise<CloseOutcome> => {
    if (entry.sameAs) return giveBack(entry.sameAs);
    entry.owners--;
    if (entry.owners > 0) return { leftBehind: null };
    forget(entry);
    entry.stopOpening.abort();
    return entry.session ? closeSession(entry.session) : { leftBehind: null };
  };

  const isAlive = async (entry: Entry): Promise<boolean> => {
    if (entry.session && !(await entry.session.isAlive())) {
      // Who has it still may ask it, and is told that it is lost; nobody new gets it.
      for (const [name, known] of byName) if (known === entry) byName.delete(name);
    }
    // It may have been closed while it was asked.
    return [...byName.values()].includes(entry);
  };

  /** What was opened is kept, unless it is open already or nobody waits for it any more. */
  const keep = async (entry: Entry, session: TargetSession): Promise<void> => {
    const { stopOpening } = entry;
    const other = session.names
      .map((name) => byName.get(name))
      .find((one) => one?.session && one !== entry);
    if (!stopOpening.signal.aborted && other && (await isAlive(other))) {
      other.owners += entry.owners;
      entry.sameAs = other;
      forget(entry);
      await closeSession(session);
      return;
    }
    if (stopOpening.signal.aborted) {
      await closeSession(session);
      stopOpening.signal.throwIfAborted();
    }
    entry.session = session;
    for (const name of session.names) byName.set(name, entry);
  };

  const create = (names: readonly string[], begin: Begin): Entry => {
    const listeners: Entry["listeners"] = new Set();
    const stopOpening = new AbortController();
    const emit = (event: AnalysisEvent) => {
      for (const listener of listeners) listener(event);
    };
    const entry: Entry = {
      id: nextId++ as TargetId,
      listeners,
      stopOpening,
      opened: Promise.resolve(),
      session: null,
      owners: 0,
      sameAs: null,
    };
    byId.set(entry.id, entry);
    for (const name of names) byName.set(name, entry);
    // Not at once: who asked must be listening to what is told.
    entry.opened = Promise.resolve()
      .then(() => begin({ signal: stopOpening.signal, emit }))
      .then((session) => keep(entry, session))
      .catch((error: unknown) => {
        forget(entry);
        throw error;
      });
    inBackground(entry.opened);
    return entry;
  };

  return {
    async open(names, begin, { signal, emit }) {
      let entry = find(names);
      while (entry && !(await isAlive(entry))) entry = find(names);
      signal.throwIfAborted();
      // Nothing may be waited for from here to the owner's count: another call would open it, too.
      entry ??= create(names, begin);
      entry.owners++;
      entry.listeners.add(emit);
      try {
        await abortable(entry.opened, signal);
        const { id, session } = entry.sameAs ?? entry;
        if (!session) throw unknownTargetId(id);
        return { id, session };
      } catch (error) {
        await giveBack(entry);
        throw error;
      } finally {
        entry.listeners.delete(emit);
      }
    },
    session(id) {
      const session = byId.get(id)?.session;
      if (!session) throw unknownTargetId(id);
      return session;
    },
    async close(id) {
      const entry = byId.get(id);
      if (!entry?.session) throw unknownTargetId(id);
      return giveBack(entry);
    },
    async dispose() {
      const entries = [...byId.values()];
      byId.clear();
      byName.clear();
      for (const { stopOpening } of entries) stopOpening.abort();
      await Promise.all(entries.flatMap(({ session }) => (session ? [closeSession(session)] : [])));
    },
  };
}
