import type { AsyncGroupDescription } from "../protocol/asyncReport.ts";
import type { PathStep, RegisterSite, StackFrame } from "../protocol/finding.ts";
import type { ThreadState } from "../protocol/report.ts";
import type { SourcePosition } from "../protocol/sourcePosition.ts";
import type { NativeWait } from "../protocol/threadObservation.ts";

/**
 * Whether the function at the bottom of a thread's stack is a cleanup callback.
 * `proved` and `disproved` are facts; `open` means that nothing decided, and says why.
 */
export interface CleanupProof {
  readonly answer: "proved" | "disproved" | "open";
  /** One sentence for the user: which evidence decided, or what is missing. */
  readonly reason: string;
  readonly certain: boolean;
  /** Where the cleanup callback is defined, when it is one. */
  readonly callback: SourcePosition | null;
  readonly registeredAt: readonly RegisterSite[];
}

/** What is known of one thread at the time of the reading, in the user's positions. */
export interface ThreadEvidence {
  /** 0 is the main thread. */
  readonly threadId: number;
  readonly name: string;
  readonly state: ThreadState;
  readonly detail: string | null;
  /** How long the thread has been seen in this state: a lower bound in milliseconds. */
  readonly sinceMs: number;
  readonly stack: readonly StackFrame[];
  /** The line that hogs a stuck thread. */
  readonly hog: SourcePosition | null;
  readonly cleanup: CleanupProof;
  readonly nativeWait: NativeWait | null;
}

/** Registrations of one registry whose target is alive for the same cause. */
export interface LiveGroup {
  readonly cause: "held" | "self-retained" | "undecided";
  readonly count: number;
  /**
   * Held: the targets' retained sizes, as in Chrome DevTools, what is nested in another one counted once.
   * Self-retained: the targets and all they hold that no ordinary code holds. Undecided: null.
   */
  readonly retainedBytes: number | null;
  /** Path of one representative: from a root (held) or from the registration (self-retained) to the target. */
  readonly path: readonly PathStep[];
  /** What closes the circle of a self-retained registration. */
  readonly through: "held value" | "cleanup callback" | null;
}

/** All registries that share one cleanup callback function; a class that makes one per instance is one entry. */
export interface RegistryEvidence {
  /** Tells registries apart whose callback has no position, such as a builtin; empty for the others. */
  readonly distinction: string;
  /** Of the callback; null when it has none. */
  readonly name: string | null;
  readonly registries: number;
  readonly callback: SourcePosition | null;
  readonly createdAt: SourcePosition | null;
  readonly registeredAt: readonly RegisterSite[];
  /** Made by Node itself, for instance for diagnostics channels. */
  readonly internal: boolean;
  readonly live: number;
  /** Object ids of the registrations whose target is collected and whose callback has not begun. */
  readonly queued: readonly number[];
  /** What the due callbacks set free: the registrations, and what nothing but their held values holds. */
  readonly queuedBytes: number;
  readonly groups: readonly LiveGroup[];
  /** This is the registry whose callback the stuck thread is running. */
  readonly running: boolean;
}

export interface HeapEvidence {
  readonly threadId: number;
  readonly registries: readonly RegistryEvidence[];
  /** The same for the user's registries together: what two of them hold counts once. */
  readonly queuedBytes: number;
}

/** How the queue of the running registry changed between two snapshots. */
export interface QueueProgress {
  readonly callbacksFinished: number;
  /** Time that the thread ran between the two, without our own pauses, in milliseconds. */
  readonly elapsedMs: number;
}

/** Everything one reading knows. `heaps` is empty before a snapshot was taken. */
export interface Evidence {
  /** Groups of asynchronous stacks, when they were asked for. */
  readonly suspended?: readonly AsyncGroupDescription[];
  readonly source: "process" | "file";
  readonly threads: readonly ThreadEvidence[];
  readonly heaps: readonly HeapEvidence[];
  readonly progress: QueueProgress | null;
}
