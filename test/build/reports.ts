import type { SourcePosition } from "../../extension/protocol/sourcePosition.ts";
import { finding, look, place, registry, report, thread, workingFolder } from "./reportParts.ts";

/** Reports as the pipeline makes them: one for each main finding. */

const closeSession: SourcePosition = {
  ...place("packages/share/shareClient.ts:41:9", "closeSession"),
  generated: { file: `${workingFolder}/dist/server.cjs`, line: 1207, column: 33 },
};

const stuckStack = [
  {
    position: null,
    function: "Atomics.wait",
    internal: true,
    async: false,
  },
  {
    position: place("packages/share/shareConnection.ts:120:13"),
    function: "waitForReply",
    internal: false,
    async: false,
  },
  {
    position: place("packages/share/shareClient.ts:44:14"),
    function: "closeSession",
    internal: false,
    async: false,
  },
  {
    position: null,
    function: "FinalizationRegistry.cleanupSome",
    internal: true,
    async: false,
  },
];

export const running = finding({
  id: "running-1f6e",
  kind: "running",
  severity: "error",
  title:
    "The cleanup callback closeSession has not returned and holds up every other finalizer of this thread",
  reason:
    "The function at the bottom of the stack is a registry's cleanup callback in the snapshot.",
  count: 1,
  sinceMs: 192_400,
  sinceIsLowerBound: true,
  callback: closeSession,
  registeredAt: [
    {
      position: place("packages/share/shareClient.ts:88:5", "open"),
      count: null,
      certainty: "candidate",
    },
  ],
  blocks: {
    registries: 2,
    registrations: 1150,
    retainedBytes: null,
    byRegistry: [
      {
        callback: place("packages/rows/rowStore.ts:12:3", "freeRow"),
        registrations: 750,
        internal: false,
      },
      {
        callback: place(
          "/home/ada/.cache/pnpm/store/v10/links/@databases/connection-pool/7.2.1/node_modules/@databases/connection-pool/dist/esm/pool.mjs:310:27",
          "release",
        ),
        registrations: 400,
        internal: false,
      },
      { callback: place("node:internal/util:612:1"), registrations: 3, internal: true },
    ],
  },
  stack: stuckStack,
  advice:
    "What waits behind it is released only after it returns. A cleanup callback must return at once: no synchronous I/O, no waiting, no loop. Hand the held value to a queue that a timer or an asynchronous task works off, with a deadline for each close.",
});

export const queued = finding({
  id: "queued-77aa",
  kind: "queued",
  title:
    "Cleanup callbacks of freeRow are due and wait behind a cleanup callback that has not returned",
  reason:
    "Their targets are collected and the registrations stand on the registry's list of cleared cells while the thread is stuck.",
  count: 750,
  sinceMs: 192_400,
  sinceIsLowerBound: true,
  callback: place("packages/rows/rowStore.ts:12:3", "freeRow"),
  registeredAt: [
    {
      position: place("packages/rows/rowStore.ts:30:14", "readRow"),
      count: 750,
      certainty: "exact",
    },
  ],
  blockedBy: running.id,
  advice: "Nothing is wrong at these lines: mend what blocks them.",
});

export const blockedReport = report({
  threads: [
    thread({
      state: "stuck",
      sinceMs: 192_400,
      stack: stuckStack,
      detail: "in a cleanup callback",
    }),
    thread({ threadId: 1, name: "worker 1 (share-server)" }),
  ],
  registries: [
    registry({ callback: closeSession, live: 2 }),
    registry({
      callback: place("packages/rows/rowStore.ts:12:3", "freeRow"),
      live: 40,
      queued: 750,
    }),
    registry({
      callback: place("node:internal/util:612:1"),
      internal: true,
      live: 12,
      queued: 3,
    }),
  ],
  findings: [running, queued],
});

/** What the first look at the same process says: the queue is not known yet. */
export const blockedLook = look({
  threads: blockedReport.threads,
  findings: [
    {
      ...running,
      sinceMs: 214,
      confidence: "likely",
      blocks: { registries: null, registrations: null, retainedBytes: null, byRegistry: [] },
    },
  ],
});

export const selfRetainedReport = report({
  registries: [
    registry({
      callback: place("node_modules/p-throttle/index.js:3:44"),
      live: 200,
    }),
  ],
  findings: [
    finding({
      id: "self-retained-5c10",
      kind: "self-retained",
      title: "The held value of these registrations keeps their own target alive",
      reason:
        "Without the registrations' held values and cleanup callbacks no path from a root reaches these targets.",
      count: 200,
      retainedBytes: 12_345_678,
      attributes: ["held"],
      callback: place("node_modules/p-throttle/index.js:3:44"),
      registeredAt: [
        {
          position: place("node_modules/p-throttle/index.js:118:3", "throttle"),
          count: null,
          certainty: "candidate",
        },
      ],
      path: [
        { from: "WeakCell", edge: "held value", to: "Object", position: null },
        {
          from: "Object",
          edge: "onAbort",
          to: "onAbort()",
          position: place("node_modules/p-throttle/index.js:104:19"),
        },
        { from: "onAbort()", edge: "context", to: "Context of throttle", position: null },
        {
          from: "Context of throttle",
          edge: "variable throttled",
          to: "throttled()",
          position: place("node_modules/p-throttle/index.js:71:9"),
        },
      ],
      advice:
        "The held value must not reach the target. Pass plain data (an id, a handle number), or build the closure in a function of its own where the target is not in scope: closures of one scope share all its captured variables.",
    }),
  ],
});

export const ordinaryReport = report({
  registries: [
    registry({
      callback: place("packages/rows/rowStore.ts:12:3", "freeRow"),
      live: 900,
    }),
  ],
  findings: [
    finding({
      id: "held-09bd",
      kind: "held",
      severity: "info",
      title: "Targets of freeRow are alive because ordinary code holds them",
      reason: "A strong path from a root reaches them that does not lead through the registration.",
      count: 900,
      callback: place("packages/rows/rowStore.ts:12:3", "freeRow"),
      path: [
        {
          from: "Global handles",
          edge: "module recentRows",
          to: "Context of recentRows.ts",
          position: place("src/recentRows.ts:1:1"),
        },
        {
          from: "Context of recentRows.ts",
          edge: "variable recent",
          to: "Map",
          position: place("src/recentRows.ts:6:7"),
        },
        { from: "Map", edge: "entry", to: "Row", position: null },
      ],
      advice: "Their callbacks are not due.",
    }),
  ],
});

export const batchReport = report({
  threads: [thread({ state: "stuck", sinceMs: 20_500, detail: "in a batch of cleanup callbacks" })],
  findings: [
    finding({
      id: "running-ba7c",
      kind: "running",
      severity: "error",
      title:
        "A batch: the cleanup callback freeTile runs again and again, back to back, and holds up the thread",
      count: 5000,
      sinceMs: 20_500,
      sinceIsLowerBound: true,
      batch: { callbacksSeen: 312, callbacksLeft: 4687, millisecondsEach: 4.01 },
      callback: place("src/tiles.ts:8:36", "freeTile"),
      blocks: {
        registries: 1,
        registrations: 4687,
        retainedBytes: 1_870_000_000,
        byRegistry: [
          {
            callback: place("src/tiles.ts:8:36", "freeTile"),
            registrations: 4687,
            internal: false,
          },
        ],
      },
      advice: "Make each callback cheap.",
    }),
  ],
});

export const starvedReport = report({
  threads: [thread({ state: "stuck", sinceMs: 7200 })],
  findings: [
    finding({
      id: "starved-e001",
      kind: "starved",
      title:
        "The thread is busy in rebuildIndex and the event loop does not turn; finalizers wait behind it",
      reason: "The bottom of the stack is a timer's callback.",
      count: 500,
      sinceMs: 7200,
      sinceIsLowerBound: true,
      callback: place("src/search.ts:201:5", "rebuildIndex"),
      blocks: {
        registries: 1,
        registrations: 500,
        retainedBytes: null,
        byRegistry: [
          { callback: place("src/rows.ts:12:3", "freeRow"), registrations: 500, internal: false },
        ],
      },
      stack: [
        {
          position: place("src/search.ts:201:5"),
          function: "rebuildIndex",
          internal: false,
          async: false,
        },
        {
          position: place("node:internal/timers:581:17"),
          function: "listOnTimeout",
          internal: true,
          async: false,
        },
      ],
      asyncStack: [
        {
          position: place("src/server.ts:77:9"),
          function: "refresh",
          internal: false,
          async: true,
        },
      ],
      advice: "Break the work at this line into portions with setImmediate.",
    }),
    { ...queued, severity: "info", blockedBy: "starved-e001", attributes: ["starved"], count: 500 },
  ],
});

export const fileReport = report({
  target: {
    kind: "file",
    label: "app.heapsnapshot",
    pid: null,
    address: null,
    file: `${workingFolder}/app.heapsnapshot`,
    command: null,
    nodeVersion: null,
    inspectorOpenedByLeakline: false,
  },
  capture: {
    level: "file",
    reading: 1,
    takenAt: "2026-01-02T03:04:05.678Z",
    stackAnsweredBy: null,
    snapshotAnsweredBy: "file",
    pauseMs: null,
    snapshotBytes: 301_000_000,
    heapBytes: null,
    estimatedPauseMs: null,
    estimatedMemoryBytes: null,
  },
  threads: [],
  findings: [
    finding({
      id: "collectable-0001",
      kind: "collectable",
      severity: "info",
      confidence: "possible",
      title: "Queued or just collected: one snapshot file can't tell which",
      count: 500,
      callback: place("packages/rows/rowStore.ts:12:3", "freeRow"),
      advice: "Ask the live process.",
    }),
  ],
});

export const nativeLook = look({
  threads: [
    thread({ state: "native", detail: "waits for child process 4711 (sleep 60)", sinceMs: 3000 }),
  ],
  problems: [
    {
      code: "main-thread-in-native-code",
      message:
        "The main thread is in native code: it waits in do_wait for its child process 4711 (sleep 60).",
      hint: "JavaScript can't be asked before it comes back. Ask again, or look at what the child process does.",
    },
  ],
});

/** Names as an attacker would choose them: escape sequences, line breaks, direction overrides. */
export const hostileReport = report({
  target: { ...report().target, command: "node \u001b]0;owned\u0007app.js" },
  findings: [
    finding({
      kind: "self-retained",
      title:
        "The held value of these registrations of \u001b[2Jfree\r\nRow keeps their own target alive",
      count: 1,
      callback: place("src/\u202Egpj.ts:1:1", "\u009b31mname"),
      path: [
        {
          from: "日本語のクラス名",
          edge: '\u001b[31m"key"\n',
          to: "👩‍👩‍👧 family",
          position: null,
        },
        { from: "👩‍👩‍👧 family", edge: "element 0", to: "x".repeat(5000), position: null },
      ],
    }),
  ],
});
