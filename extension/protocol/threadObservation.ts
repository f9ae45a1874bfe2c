/** One frame as the inspected process reports it: generated positions, 1-based. */
export interface ObservedFrame {
  readonly functionName: string | null;
  /** Path or URL as V8 knows it; null for a builtin such as `FinalizationRegistry.cleanupSome`. */
  readonly script: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Where the enclosing function begins; null when V8 doesn't say. */
  readonly functionLine: number | null;
  readonly functionColumn: number | null;
  /** Name of the receiver's class, needed to recognise a builtin. */
  readonly typeName: string | null;
  /** A caller that awaits this one and is not on the machine stack. */
  readonly async: boolean;
}

/** What one interrupt of the thread saw. An empty stack means: between two tasks of the event loop. */
export interface StackSample {
  /** Milliseconds of our own monotonic clock. */
  readonly atMs: number;
  readonly frames: readonly ObservedFrame[];
  /** Completed turns of the event loop, null where Node doesn't count them. */
  readonly loopTurns: number | null;
}

/** The operating system's view of a thread that answers nobody. */
export interface NativeWait {
  /** For example `do_epoll_wait`; null when the system doesn't tell. */
  readonly kernelFunction: string | null;
  readonly systemCall: string | null;
  /** Milliseconds since the thread last ran; null when the system doesn't tell. */
  readonly asleepMs: number | null;
  readonly children: readonly {
    readonly pid: number;
    readonly command: string;
    readonly ageMs: number;
  }[];
}

/** What was seen of one thread without walking its heap. */
export interface ThreadObservation {
  /** 0 is the main thread. */
  readonly threadId: number;
  readonly name: string;
  readonly state: "answering" | "paused" | "native" | "silent";
  /** Which way of asking answered, for example `interrupt`. */
  readonly answeredBy: string | null;
  readonly samples: readonly StackSample[];
  /** The thread had not run for so long when we came: a lower bound of the innermost frame's age. */
  readonly asleepBeforeMs: number | null;
  readonly nativeWait: NativeWait | null;
}
