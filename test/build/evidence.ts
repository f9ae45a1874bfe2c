import type {
  CleanupProof,
  Evidence,
  HeapEvidence,
  RegistryEvidence,
  ThreadEvidence,
} from "../../extension/findings/evidence.ts";
import type { SourcePosition } from "../../extension/protocol/sourcePosition.ts";
import type {
  ObservedFrame,
  StackSample,
  ThreadObservation,
} from "../../extension/protocol/threadObservation.ts";

/** `at("shop.ts:12", "close")`: a position in the user's source. */
export function at(place: string, name: string | null = null): SourcePosition {
  const [file = "", line = "1"] = place.split(":");
  return { file: `/app/${file}`, line: Number(line), column: 3, function: name };
}

export const proved = (callback: SourcePosition): CleanupProof => ({
  answer: "proved",
  reason: "Its position is the callback's.",
  certain: true,
  callback,
  registeredAt: [],
});

export const disproved: CleanupProof = {
  answer: "disproved",
  reason: "A timer entered.",
  certain: true,
  callback: null,
  registeredAt: [],
};

export const thread = (known: Partial<ThreadEvidence> = {}): ThreadEvidence => ({
  threadId: 0,
  name: "main",
  state: "idle",
  detail: null,
  sinceMs: 0,
  stack: [],
  hog: null,
  cleanup: disproved,
  nativeWait: null,
  ...known,
});

export const registry = (known: Partial<RegistryEvidence> = {}): RegistryEvidence => ({
  distinction: "",
  name: "freeRow",
  registries: 1,
  callback: at("rows.ts:5", "freeRow"),
  createdAt: at("rows.ts:4"),
  registeredAt: [],
  internal: false,
  live: 0,
  queued: [],
  queuedBytes: 0,
  groups: [],
  running: false,
  ...known,
});

export const heap = (...registries: RegistryEvidence[]): HeapEvidence => ({
  threadId: 0,
  registries,
  queuedBytes: registries.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0),
});

export const evidence = (known: Partial<Evidence> = {}): Evidence => ({
  source: "process",
  threads: [thread()],
  heaps: [],
  progress: null,
  ...known,
});

/** `frame("spin app.js:3")`, `frame("listOnTimeout node:internal/timers:581")`, `frame("cleanupSome")`. */
export function frame(text: string, async = false): ObservedFrame {
  const [functionName = "", place] = text.split(" ");
  const cut = place?.lastIndexOf(":") ?? -1;
  const script = place?.slice(0, cut) ?? null;
  const line = place ? Number(place.slice(cut + 1)) : null;
  return {
    functionName,
    script,
    line,
    column: line && 1,
    functionLine: line,
    functionColumn: line && 1,
    typeName: null,
    async,
  };
}

/** Samples 50 ms apart; each stack is innermost first, and `turns` counts the event loop's turns. */
export function observed(
  stacks: readonly (readonly string[])[],
  turns: readonly (number | null)[],
): ThreadObservation {
  const samples: StackSample[] = stacks.map((stack, index) => ({
    atMs: 1000 + index * 50,
    frames: stack.map((text) => frame(text)),
    loopTurns: turns[index] ?? null,
  }));
  return {
    threadId: 0,
    name: "main",
    state: "answering",
    answeredBy: "interrupt",
    samples,
    asleepBeforeMs: null,
    nativeWait: null,
  };
}
