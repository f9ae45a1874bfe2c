import { formatCount } from "../../../base/count.ts";
import type { AsyncReport } from "../../../protocol/asyncReport.ts";
import type { RegistryDescription } from "../../../protocol/report.ts";
import type { SourcePosition } from "../../../protocol/sourcePosition.ts";
import { formatClock } from "../age.ts";
import { type CurrentFinding, type CurrentReading, isOfThread } from "../currentReading.ts";
import type { IgnoreReason } from "../ignored.ts";
import { findingNode, message } from "./findingNodes.ts";
import { fullPlace, functionName, shortPlace, threadName } from "./place.ts";
import { suspendedDescription, suspendedNodes } from "./suspendedNodes.ts";
import { limited, type TreeNode } from "./treeNode.ts";

/** What a section is made of. */
export interface SectionInput {
  readonly targetKey: string;
  readonly reading: CurrentReading;
  readonly suspended: AsyncReport | null;
  readonly nowMs: number;
  readonly ignoreReason: IgnoreReason;
}

/** One heading of the view. Another kind of finding is another value of this type. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly icon: string;
  nodes(input: SectionInput): readonly TreeNode[];
  describe(input: SectionInput): string;
  /** Whether it is open at first; a section that doesn't say is. */
  isExpanded?(input: SectionInput): boolean;
}

/** Findings about callbacks that don't run, or never will. */
export const isBlocked = ({ finding }: CurrentFinding): boolean =>
  isOfThread(finding) || blockedKinds.has(finding.kind);

const blockedKinds: ReadonlySet<string> = new Set([
  "queued",
  "threw",
  "unsettled",
  "abandoned",
  "orphaned",
]);

/** Those that hold others up and call for the user: a busy thread behind which nothing waits does not. */
export const isAlarming = (current: CurrentFinding): boolean =>
  isOfThread(current.finding) && current.finding.severity !== "info";

export const blockedSection: Section = {
  id: "blocked",
  title: "Blocked finalizers",
  icon: "stop-circle",
  nodes(input) {
    const { targetKey, reading, nowMs, ignoreReason } = input;
    const isFile = reading.newest.report.target.kind === "file";
    // A file can't tell a queue that stands still from one that was about to be served.
    const blocked = reading.findings.filter(
      (one) => isBlocked(one) || (isFile && one.finding.kind === "collectable"),
    );
    const ids = new Set(blocked.map(({ finding }) => finding.id));
    const isBelow = ({ finding }: CurrentFinding) =>
      finding.blockedBy !== null && ids.has(finding.blockedBy);
    const nodes = blocked
      .filter((one) => !isBelow(one))
      .map((one) =>
        findingNode(one, {
          targetKey,
          nowMs,
          waiting: blocked.filter(({ finding }) => finding.blockedBy === one.finding.id),
          ignoredBecause: ignoreReason(one.finding),
          isExpanded: one.finding.kind === "running",
        }),
      );
    const notes = threadNotes(input);
    if (nodes.length + notes.length > 0) {
      return [...notes, ...withIgnoredLast(`${targetKey}/blocked`, nodes)];
    }
    const none = isFile ? "Nothing waits in a queue" : "No finalizer is blocked";
    return [message(`${targetKey}/blocked/none`, none, "pass")];
  },
  describe: ({ reading }) => {
    const count = reading.findings.filter(isAlarming).length;
    return count === 0 ? "" : formatCount(count);
  },
};

/** What keeps a thread from being judged at all. */
function threadNotes({ targetKey, reading }: SectionInput): readonly TreeNode[] {
  return reading.newest.report.threads.flatMap(({ threadId, name, state, detail }) => {
    const thread = threadId === 0 ? "The main thread" : `The thread ${name}`;
    const id = `${targetKey}/thread/${threadId}`;
    if (state === "paused") {
      return message(id, `${thread} is paused by the debugger: no callback can run`, "debug-pause");
    }
    if (state === "native") {
      return message(id, `${thread} is in native code: it ${detail ?? "gives no answer"}`, "watch");
    }
    if (state === "unknown") return message(id, `${thread} gives no answer`, "question");
    return [];
  });
}

/** What waits for what, by asynchronous stack. */
export const suspendedSection: Section = {
  id: "suspended",
  title: "Suspended",
  icon: "debug-pause",
  nodes: ({ targetKey, suspended }) =>
    suspended
      ? suspendedNodes(`${targetKey}/suspended`, suspended)
      : [message(`${targetKey}/suspended/none`, "Not known without a snapshot", "question")],
  describe: ({ suspended }) => (suspended ? suspendedDescription(suspended) : ""),
  // A server's hundred waiting requests are no news; what waits for ever is.
  isExpanded: ({ suspended }) => (suspended?.findings.length ?? 0) > 0,
};

export const retainedSection: Section = {
  id: "retained",
  title: "Retained registrations",
  icon: "references",
  nodes({ targetKey, reading, nowMs, ignoreReason }) {
    const nodes = reading.findings.filter(isRetained).map((one) =>
      findingNode(one, {
        targetKey,
        nowMs,
        waiting: [],
        ignoredBecause: ignoreReason(one.finding),
      }),
    );
    if (nodes.length > 0) return withIgnoredLast(`${targetKey}/retained`, nodes);
    const text = reading.heap ? "None keeps its own target alive" : "Not known without a snapshot";
    return [message(`${targetKey}/retained/none`, text, reading.heap ? "pass" : "question")];
  },
  describe: ({ reading }) => {
    const count = reading.findings.filter(isRetained).length;
    return count === 0 ? "" : formatCount(count);
  },
};

const isRetained = ({ finding }: CurrentFinding): boolean =>
  finding.kind === "self-retained" || finding.kind === "piling-up";

export const registriesSection: Section = {
  id: "registries",
  title: "Registries",
  icon: "symbol-class",
  nodes({ targetKey, reading, nowMs, ignoreReason }) {
    const { heap } = reading;
    const id = `${targetKey}/registries`;
    if (!heap) {
      return [message(`${id}/none`, "Not known without a snapshot", "question")];
    }
    const { registries } = heap.report;
    const node = (registry: RegistryDescription, index: number): TreeNode => {
      const own = reading.findings.filter(
        (one) => !isBlocked(one) && isOf(registry, one) && !registry.internal,
      );
      const children = own.map((one) =>
        findingNode(one, {
          targetKey: `${id}/${index}/${targetKey}`,
          nowMs,
          waiting: [],
          ignoredBecause: ignoreReason(one.finding),
        }),
      );
      return registryNode(`${id}/${index}`, registry, withKey(children, targetKey));
    };
    const users = registries.filter(({ internal }) => !internal).map(node);
    const internal = registries.filter((one) => one.internal);
    const folded: TreeNode[] =
      internal.length === 0
        ? []
        : [
            {
              id: `${id}/internal`,
              label: "Node's own registries",
              description: formatCount(internal.length),
              icon: { id: "folder" },
              children: internal.map((one, index) => node(one, users.length + index)),
            },
          ];
    if (users.length + folded.length === 0) {
      return [message(`${id}/none`, "The heap has no FinalizationRegistry", "pass")];
    }
    return [...limited(id, users, "registries"), ...folded];
  },
  describe({ reading: { heap, queuesAreOutdated } }) {
    if (!heap) return "";
    const ended = queuesAreOutdated ? ", before the blockage ended" : "";
    return `as of ${formatClock(heap.atMs)}${ended}`;
  },
};

/** The same finding stands in two sections: its rows differ, what its actions are about does not. */
const withKey = (nodes: readonly TreeNode[], targetKey: string): readonly TreeNode[] =>
  nodes.map((node) => ({ ...node, targetKey }));

function registryNode(
  id: string,
  registry: RegistryDescription,
  children: readonly TreeNode[],
): TreeNode {
  const { callback, createdAt, live, queued, threadId, name } = registry;
  const holders = children.find(({ holdersId }) => holdersId !== undefined)?.holdersId;
  const counts = `live ${formatCount(live)} · queued ${formatCount(queued)}`;
  const thread = threadName(threadId);
  return {
    id,
    label: functionName(callback, name),
    description: [counts, callback ? shortPlace(callback) : "", thread]
      .filter((part) => part !== "")
      .join(" · "),
    tooltip: [
      `Cleanup callback: ${callback ? fullPlace(callback) : "its place is not known"}`,
      ...(createdAt ? [`The registry was made at ${fullPlace(createdAt)}`] : []),
      `${formatCount(live)} live registrations, ${formatCount(queued)} whose callback is due`,
    ],
    icon: { id: queued > 0 ? "clock" : "symbol-class" },
    ...(callback && { position: callback }),
    contexts: [
      ...(callback ? (["openable"] as const) : []),
      ...(holders ? (["holders"] as const) : []),
    ],
    children,
    ...(holders && { holdersId: holders }),
  };
}

const isOf = (registry: RegistryDescription, { finding }: CurrentFinding): boolean =>
  finding.threadId === registry.threadId &&
  finding.callback !== null &&
  registry.callback !== null &&
  isSamePlace(finding.callback, registry.callback);

const isSamePlace = (a: SourcePosition, b: SourcePosition): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column;

function withIgnoredLast(id: string, nodes: readonly TreeNode[]): readonly TreeNode[] {
  const isIgnored = ({ contexts }: TreeNode) => contexts?.includes("ignored") === true;
  const ignored = nodes.filter(isIgnored);
  const others = limited(
    id,
    nodes.filter((node) => !isIgnored(node)),
    "findings",
  );
  if (ignored.length === 0) return others;
  return [
    ...others,
    {
      id: `${id}/ignored`,
      label: "Ignored",
      description: formatCount(ignored.length),
      icon: { id: "eye-closed" },
      children: ignored.map((node) => ({ ...node, isExpanded: false })),
    },
  ];
}

/** In the order in which they are shown. */
export const allSections: readonly Section[] = [
  blockedSection,
  retainedSection,
  registriesSection,
  suspendedSection,
];
