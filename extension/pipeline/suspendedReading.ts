import { setImmediate as nextTurn } from "node:timers/promises";
import { fingerprint } from "../findings/fingerprint.ts";
import {
  type AsyncFrame,
  type AsyncGroup,
  type AsyncGroups,
  asyncGroupsOf,
} from "../graph/asyncStacks.ts";
import { createFunctionPositions, functionName } from "../graph/functionPosition.ts";
import { type NodeRow, objectId } from "../graph/heapGraph.ts";
import { nodeWords } from "../graph/heapWords.ts";
import { pendingPromisesOf } from "../graph/pendingPromises.ts";
import { type Resumption, resumptionOf } from "../graph/resumption.ts";
import { variablesOf } from "../graph/suspendedVariables.ts";
import { createWakers } from "../graph/waker.ts";
import type { AwaitPosition } from "../process/awaitPositions.ts";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import type {
  AsyncFrameDescription,
  AsyncGroupDescription,
  AsyncStack,
  AsyncVariable,
} from "../protocol/asyncReport.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { SourcePosition } from "../protocol/sourcePosition.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";
import { pathStepsOf, startOfHeapPosition } from "./heapEvidence.ts";
import type { HeapReading } from "./heapReading.ts";
import type { FunctionStart } from "./threadEvidence.ts";

/** Asks where functions stand, by the object ids of their generators; null for a file. */
export type AskAwaits = (
  objectIds: readonly number[],
) => Promise<ReadonlyMap<number, AwaitPosition>>;

export interface SuspendedOptions {
  readonly threadId: number;
  readonly library: SourceLibrary;
  readonly askAwaits: AskAwaits | null;
}

/** All that is suspended in one heap. */
export interface SuspendedReading {
  readonly groups: readonly AsyncGroupDescription[];
  readonly suspendedFunctions: number;
  readonly retainedBytes: number;
  /** The stacks one by one, group by group in their order, from the `from`th on. */
  stacks(from: number, count: number): Promise<readonly AsyncStack[]>;
}

/** Of a function's variables so many are described. */
const mostVariables = 10;
/** Functions of one frame that the process is asked about. */
const mostAsked = 3;

/** Reconstructs the asynchronous stacks of a heap and describes them in the user's positions. */
export async function suspendedReadingOf(
  heap: HeapReading,
  options: SuspendedOptions,
  { signal, emit, checkpoint }: CallContext<AnalysisEvent>,
): Promise<SuspendedReading> {
  const pass = async (phase: string) => {
    emit({ kind: "progress", phase, fraction: null });
    // Lets a cancel message in and the progress out before the next pass takes the thread.
    await nextTurn();
    signal.throwIfAborted();
  };
  const { graph } = heap;
  await pass("Finding suspended functions");
  const promises = pendingPromisesOf(graph);
  await pass("Finding what can resume them");
  const resumption = resumptionOf(graph, promises, checkpoint);
  await pass("Grouping asynchronous stacks");
  const found = asyncGroupsOf(graph, promises, resumption, createWakers(graph, resumption));
  const groups = found.groups.toSorted(
    (a, b) => b.count - a.count || functionsIn(b).length - functionsIn(a).length,
  );
  await pass("Finding the source lines");
  const describer = createDescriber(heap, options);
  const awaits = options.askAwaits && (await options.askAwaits(idsToAsk(groups, heap)));
  const described: AsyncGroupDescription[] = [];
  for (const group of groups) {
    signal.throwIfAborted();
    described.push(await describer.group(group, resumption, awaits ?? new Map()));
  }
  const all = groups.flatMap(functionsIn);
  return {
    groups: described,
    suspendedFunctions: new Set(all).size,
    retainedBytes: heap.dominated.retainedBytesOfAll(all),
    async stacks(from, count) {
      const stacks: AsyncStack[] = [];
      for (const [group, rows] of pageOf(found, groups, from, count)) {
        const { id } = described[groups.indexOf(group)] ?? { id: "" };
        stacks.push(await describer.stack(group, id, rows));
      }
      return stacks;
    },
  };
}

/** The generators that are suspended in a group's stacks. */
const functionsIn = ({ frames }: AsyncGroup): NodeRow[] => frames.flatMap(generatorsOf);

const generatorsOf = ({ kind, waiting }: AsyncFrame): readonly NodeRow[] =>
  kind === "await" || kind === "yield" ? waiting : [];

/**
 * First one function of each frame, of the groups with most stacks first; then a second and a third one. Where
 * functions of Node stand is of less use than the time that it takes.
 */
function idsToAsk(groups: readonly AsyncGroup[], { graph }: HeapReading): number[] {
  const positions = createFunctionPositions(graph);
  const isOfNode = ({ closure }: AsyncFrame) =>
    closure !== null && (positions.of(closure)?.scriptName?.startsWith("node:") ?? false);
  const frameLists = groups.map(({ frames }) => frames.filter((frame) => !isOfNode(frame)));
  const ids = new Set<number>();
  for (let round = 0; round < mostAsked; round++) {
    for (const frames of frameLists) {
      for (const frame of frames) {
        const rows = generatorsOf(frame);
        const row = rows[Math.floor(((rows.length - 1) * round) / Math.max(1, mostAsked - 1))];
        if (row !== undefined) ids.add(objectId(graph, row));
      }
    }
  }
  return [...ids];
}

function* pageOf(
  found: AsyncGroups,
  groups: readonly AsyncGroup[],
  from: number,
  count: number,
): Iterable<readonly [AsyncGroup, readonly (NodeRow | -1)[]]> {
  let at = 0;
  for (const group of groups) {
    if (at + group.count <= from) {
      at += group.count;
      continue;
    }
    for (const rows of found.stacksOf(group)) {
      if (at >= from + count) return;
      if (at++ >= from) yield [group, rows];
    }
  }
}

function createDescriber(heap: HeapReading, { threadId, library }: SuspendedOptions) {
  const { graph, dominated } = heap;
  const positions = createFunctionPositions(graph);
  const closureOf = new Map<AsyncFrame, Promise<DescribedFunction>>();

  const describeFunction = async (closure: NodeRow | null): Promise<DescribedFunction> => {
    if (closure === null) return { start: null, name: null, position: null, internal: true };
    const name = functionName(graph, closure);
    const start = startOfHeapPosition(positions.of(closure));
    const position = start && (await library.position(start.script, start, name));
    // What `eval` or `new Function` made is in a script without a name.
    const internal = start ? start.script.url.startsWith("node:") : positions.of(closure) === null;
    return { start, name: position?.function ?? name, position, internal };
  };
  const functionOf = (frame: AsyncFrame): Promise<DescribedFunction> => {
    let known = closureOf.get(frame);
    if (known === undefined) {
      known = describeFunction(frame.closure);
      closureOf.set(frame, known);
    }
    return known;
  };

  const variablesIn = (generator: NodeRow): AsyncVariable[] =>
    variablesOf(graph, generator)
      .map(({ name, row }) => ({
        name,
        value: nodeWords(graph, row),
        objectId: objectId(graph, row),
        shallowBytes: graph.columns.nodes.nodeSelfSize[row] ?? 0,
        retainedBytes: dominated.retainedBytesOfAll([row]),
      }))
      .toSorted((a, b) => b.retainedBytes - a.retainedBytes)
      .slice(0, mostVariables);

  const describeFrame = async (
    frame: AsyncFrame,
    awaits: ReadonlyMap<number, AwaitPosition>,
  ): Promise<AsyncFrameDescription> => {
    const { start, name, position, internal } = await functionOf(frame);
    const generators = generatorsOf(frame);
    const [example] = generators;
    const stands = generators.flatMap((row) => awaits.get(objectId(graph, row)) ?? []);
    return {
      kind: frame.kind,
      function: name,
      position,
      awaits: start === null ? [] : await awaitsOf(stands, start, name, library),
      internal,
      waiting: frame.waiting.length,
      repeated: frame.repeated,
      variables: example === undefined ? [] : variablesIn(example),
    };
  };

  return {
    async group(
      group: AsyncGroup,
      resumption: Resumption,
      awaits: ReadonlyMap<number, AwaitPosition>,
    ): Promise<AsyncGroupDescription> {
      const frames: AsyncFrameDescription[] = [];
      for (const frame of group.frames) frames.push(await describeFrame(frame, awaits));
      const [source] = group.sources;
      const path = source === undefined ? [] : resumption.pathToSettler(source);
      const functions = functionsIn(group);
      const { kind, label } = group.waker;
      return {
        id: fingerprint("suspended", threadId, null, shapeOf(frames, kind, label)),
        threadId,
        count: group.count,
        functions: functions.length,
        retainedBytes: dominated.retainedBytesOfAll(functions),
        frames,
        waitsFor: { kind, label, path: await pathStepsOf(graph, path, library) },
        promises: group.sources.length,
        settledBy: group.settledBy,
        isCycle: group.isCycle,
        hasMore: group.hasMore,
        internal: frames.every(({ internal }) => internal),
      };
    },
    async stack(
      { frames }: AsyncGroup,
      id: string,
      rows: readonly (NodeRow | -1)[],
    ): Promise<AsyncStack> {
      const expanded = frames.flatMap((frame) => Array<AsyncFrame>(frame.repeated).fill(frame));
      return {
        group: id,
        frames: await Promise.all(
          expanded.map(async (frame, place) => {
            const row = rows[place] ?? -1;
            const { name, position, internal } = await functionOf(frame);
            const isSuspended = row !== -1 && (frame.kind === "await" || frame.kind === "yield");
            return {
              kind: frame.kind,
              function: name,
              position,
              internal,
              objectId: row === -1 ? null : objectId(graph, row),
              retainedBytes: row === -1 ? 0 : dominated.retainedBytesOfAll([row]),
              variables: isSuspended ? variablesIn(row) : [],
            };
          }),
        ),
      };
    },
  };
}

interface DescribedFunction {
  readonly start: FunctionStart | null;
  readonly name: string | null;
  readonly position: SourcePosition | null;
  readonly internal: boolean;
}

const shapeOf = (frames: readonly AsyncFrameDescription[], kind: string, label: string): string => {
  const places = frames.map(
    ({ kind, function: name, position, repeated }) =>
      `${kind} ${name} ${position?.file}:${position?.line}:${position?.column} ${repeated}`,
  );
  return [...places, kind, label].join("|");
};

/** The places at which functions were seen, in the user's source, the commonest first. */
async function awaitsOf(
  stands: readonly AwaitPosition[],
  { script }: FunctionStart,
  name: string | null,
  library: SourceLibrary,
): Promise<AsyncFrameDescription["awaits"]> {
  const seen = new Map<string, { position: SourcePosition; seen: number }>();
  for (const { scriptId, line, column } of stands) {
    if (scriptId !== script.scriptId) continue;
    const known = seen.get(`${line}:${column}`);
    if (known) known.seen++;
    else {
      const position = await library.position(script, { line, column }, name);
      seen.set(`${line}:${column}`, { position, seen: 1 });
    }
  }
  return [...seen.values()].toSorted((a, b) => b.seen - a.seen);
}
