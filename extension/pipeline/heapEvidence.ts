import type { HeapEvidence, LiveGroup, RegistryEvidence } from "../findings/evidence.ts";
import type { Cell } from "../graph/cellList.ts";
import { describePath } from "../graph/describePath.ts";
import type { HeapPosition } from "../graph/functionPosition.ts";
import type { NodeRow } from "../graph/heapGraph.ts";
import type { LiveGroup as HeapGroup } from "../graph/liveness.ts";
import type { Registry } from "../graph/registries.ts";
import type { PathStep } from "../protocol/finding.ts";
import type { HoldingPath } from "../protocol/retainersReport.ts";
import type { SourcePosition } from "../protocol/sourcePosition.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";
import type { HeapReading } from "./heapReading.ts";
import { scriptKey } from "./targetSources.ts";
import { type FunctionStart, isSameFunction, type KnownCallbacks } from "./threadEvidence.ts";

export interface HeapEvidenceOptions {
  readonly threadId: number;
  readonly library: SourceLibrary;
  /** The function that the stuck thread entered, when it is proved to be a cleanup callback. */
  readonly running: FunctionStart | null;
}

/** Registries that share one callback function; a class may make a registry for each of its instances. */
interface Kin {
  readonly registries: Registry[];
  readonly groups: HeapGroup[];
}

/** Says in the user's positions what one heap holds. */
export async function heapEvidenceOf(
  reading: HeapReading,
  options: HeapEvidenceOptions,
): Promise<HeapEvidence> {
  const kins = new Map<string, Kin>();
  for (const [index, registry] of reading.registries.entries()) {
    const key = kinKey(registry);
    const kin = kins.get(key) ?? { registries: [], groups: [] };
    kins.set(key, kin);
    kin.registries.push(registry);
    kin.groups.push(...(reading.liveness.registries[index]?.groups ?? []));
  }
  const registries: RegistryEvidence[] = [];
  for (const [number, kin] of [...kins.values()].entries()) {
    registries.push(await evidenceOfKin(reading, kin, number, options));
  }
  const users = reading.registries.filter(({ internal }) => !internal);
  return {
    threadId: options.threadId,
    registries,
    queuedBytes: reading.liveness.queuedBytes(cellsOfQueues(users)),
  };
}

/** Where every registry's cleanup callback begins, as the running code has it. */
export function knownCallbacksOf({ registries }: HeapReading): KnownCallbacks {
  return {
    starts: registries.flatMap(({ callback }) => startOfHeapPosition(callback) ?? []),
    areAll: registries.every(({ callback }) => callback === null || callback.scriptName !== null),
  };
}

/** Object ids of the registrations that wait for this callback, in whichever registries. */
export async function queueOf(
  { registries }: HeapReading,
  callback: FunctionStart,
  library: SourceLibrary,
): Promise<readonly number[]> {
  const queued: number[] = [];
  for (const registry of registries) {
    const start = startOfHeapPosition(registry.callback);
    if (start && (await isSameFunction(start, callback, library)))
      for (const id of idsOfQueue(registry)) queued.push(id);
  }
  return queued;
}

const idsOfQueue = ({ cleared }: Registry): number[] =>
  [...cleared].map(({ objectId }) => objectId);

function* cellsOfQueues(registries: readonly Registry[]): Iterable<Cell> {
  for (const { cleared } of registries) yield* cleared;
}

function kinKey({ callback, objectId, internal }: Registry): string {
  return callback?.scriptName
    ? `${internal}|${scriptKey(callback.scriptName)}|${callback.line}|${callback.column}`
    : `#${objectId}`;
}

async function evidenceOfKin(
  reading: HeapReading,
  { registries, groups }: Kin,
  number: number,
  { library, running }: HeapEvidenceOptions,
): Promise<RegistryEvidence> {
  const [first] = registries;
  const start = startOfHeapPosition(first?.callback ?? null);
  const isRunning =
    running !== null && start !== null && (await isSameFunction(start, running, library));
  const queued = registries.flatMap(idsOfQueue);
  const known = start && !first?.internal ? await library.registryOf(start.script, start) : null;
  const callback =
    known?.callback ??
    (start && (await library.position(start.script, start, first?.callbackName ?? null)));
  return {
    distinction: first?.internal
      ? "internal"
      : callback
        ? ""
        : `${first?.callbackName ?? ""}#${number}`,
    name: callback?.function ?? first?.callbackName ?? null,
    registries: registries.length,
    callback: callback && withName(callback, first?.callbackName ?? null),
    createdAt: known?.createdAt ?? null,
    registeredAt: known?.registeredAt ?? [],
    internal: first?.internal ?? false,
    live: registries.reduce((sum, { active }) => sum + active.count, 0),
    queued,
    queuedBytes: reading.liveness.queuedBytes(cellsOfQueues(registries)),
    groups: await liveGroupsOf(reading, groups, library),
    running: isRunning,
  };
}

const withName = (position: SourcePosition, name: string | null): SourcePosition =>
  position.function === null && name ? { ...position, function: name } : position;

async function liveGroupsOf(
  reading: HeapReading,
  groups: readonly HeapGroup[],
  library: SourceLibrary,
): Promise<LiveGroup[]> {
  const merged = new Map<string, Omit<LiveGroup, "count"> & { readonly targets: NodeRow[] }>();
  for (const { cause, through, path, targets } of groups) {
    const steps = await pathStepsOf(reading.graph, path, library);
    const shape = [cause, through, ...steps.map(({ from, edge }) => `${from} ${edge}`)].join("|");
    const known = merged.get(shape);
    const all = known?.targets ?? [];
    for (const target of targets) all.push(target);
    merged.set(shape, { cause, through, path: steps, targets: all, retainedBytes: null });
  }
  return [...merged.values()]
    .map(({ targets, ...group }) => ({
      ...group,
      count: targets.length,
      retainedBytes: costOf(reading, group.cause, targets),
    }))
    .toSorted((a, b) => b.count - a.count);
}

function costOf(
  { liveness, dominated }: HeapReading,
  cause: HeapGroup["cause"],
  targets: readonly NodeRow[],
): number | null {
  switch (cause) {
    case "held":
      return dominated.retainedBytesOfAll(targets);
    case "self-retained":
      return liveness.selfRetainedBytes(targets);
    case "undecided":
      return null;
    default:
      return cause satisfies never;
  }
}

/** A path of the heap in words, each step with its line where it has one. */
export async function pathStepsOf(
  graph: HeapReading["graph"],
  path: HeapGroup["path"],
  library: SourceLibrary,
): Promise<PathStep[]> {
  const steps = await heldPathStepsOf(graph, path, library);
  return steps.map(({ from, edge, to, position }) => ({ from, edge, to, position }));
}

/** The same, each step also with the object that is held. */
export async function heldPathStepsOf(
  graph: HeapReading["graph"],
  path: HeapGroup["path"],
  library: SourceLibrary,
): Promise<HoldingPath["steps"]> {
  return Promise.all(
    describePath(graph, path).map(async ({ from, edge, to, objectId, location }) => {
      const start = startOfHeapPosition(location);
      const position = start && (await library.position(start.script, start, null));
      return { from, edge, to, objectId, position };
    }),
  );
}

/** Snapshots count lines and columns from 0, sources from 1. */
export function startOfHeapPosition(position: HeapPosition | null): FunctionStart | null {
  if (!position?.scriptName) return null;
  return {
    script: { url: position.scriptName, scriptId: position.scriptId },
    line: position.line + 1,
    column: position.column + 1,
  };
}
