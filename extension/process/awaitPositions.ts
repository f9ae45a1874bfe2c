import { type CdpSession, ProtocolError } from "./cdpSession.ts";
import { objectGroups } from "./stackProbe.ts";

/** Where a suspended function stands, in the script as V8 runs it. */
export interface AwaitPosition {
  readonly scriptId: number;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface AwaitOptions {
  /** Longest time for all of them, in milliseconds: for each V8 goes through the whole heap. */
  readonly budgetMs: number;
  /** Longest time for the answer to one question, in milliseconds. */
  readonly answerMs: number;
  readonly signal: AbortSignal;
}

const releaseMs = 1000;

/**
 * Asks a thread at which `await` or `yield` its suspended functions stand, by the object ids of their
 * generators, in the order given and as far as the budget goes. One that has gone on and ended since the
 * snapshot is left out. Rejects when the thread gives no answer or is lost.
 */
export async function readAwaitPositions(
  session: CdpSession,
  objectIds: Iterable<number>,
  { budgetMs, answerMs, signal }: AwaitOptions,
): Promise<ReadonlyMap<number, AwaitPosition>> {
  const found = new Map<number, AwaitPosition>();
  const beganAtMs = performance.now();
  const objectGroup = objectGroups.awaits;
  try {
    for (const id of objectIds) {
      signal.throwIfAborted();
      if (performance.now() - beganAtMs > budgetMs) break;
      const position = await positionOf(session, id, objectGroup, answerMs);
      if (position !== null) found.set(id, position);
    }
    return found;
  } finally {
    await session
      .send("Runtime.releaseObjectGroup", { objectGroup }, releaseMs)
      // Our connection's end releases them as well.
      .catch(() => {});
  }
}

async function positionOf(
  session: CdpSession,
  id: number,
  objectGroup: string,
  answerMs: number,
): Promise<AwaitPosition | null> {
  try {
    const { result } = await session.send(
      "HeapProfiler.getObjectByHeapObjectId",
      { objectId: String(id), objectGroup },
      answerMs,
    );
    if (result.objectId === undefined) return null;
    const { internalProperties = [] } = await session.send(
      "Runtime.getProperties",
      { objectId: result.objectId, ownProperties: true },
      answerMs,
    );
    const internalValue = (name: string): unknown =>
      internalProperties.find((property) => property.name === name)?.value?.value;
    return internalValue("[[GeneratorState]]") === "suspended"
      ? parseLocation(internalValue("[[GeneratorLocation]]"))
      : null;
  } catch (error) {
    // The object is gone.
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** V8's location counts lines and columns from 0. */
function parseLocation(location: unknown): AwaitPosition | null {
  if (typeof location !== "object" || location === null) return null;
  const { scriptId, lineNumber, columnNumber } = location as Readonly<Record<string, unknown>>;
  const id = Number(scriptId);
  if (!Number.isInteger(id) || typeof lineNumber !== "number") return null;
  const column = typeof columnNumber === "number" ? columnNumber : 0;
  return { scriptId: id, line: lineNumber + 1, column: column + 1 };
}
