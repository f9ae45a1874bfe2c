import { formatClock } from "../age.ts";
import { currentReading } from "../currentReading.ts";
import type { IgnoreReason } from "../ignored.ts";
import type { TargetState } from "../watchedTarget.ts";
import { message } from "./findingNodes.ts";
import { allSections, type SectionInput } from "./sections.ts";
import type { TreeNode } from "./treeNode.ts";

export interface ViewTreeInput {
  readonly targets: readonly TargetState[];
  readonly nowMs: number;
  readonly ignoreReason: IgnoreReason;
  /** Only rows that contain it, and what is below them; empty: all. */
  readonly filter: string;
}

/** The rows of the view *Leakline*. One target needs no row of its own. */
export function viewTree({ targets, filter, ...options }: ViewTreeInput): readonly TreeNode[] {
  const trees = targets.map((state) => ({ state, nodes: targetNodes(state, options) }));
  const [only] = trees;
  const nodes =
    trees.length === 1 && only
      ? only.nodes
      : trees.map(({ state, nodes }) => targetNode(state, nodes));
  return filter.trim() === "" ? nodes : filtered(nodes, filter.trim().toLowerCase());
}

function targetNode(state: TargetState, children: readonly TreeNode[]): TreeNode {
  const { key, title, kind, phase } = state;
  return {
    id: key,
    label: title,
    description: phaseText(state),
    icon: {
      id: kind === "file" ? "file-binary" : phase.kind === "over" ? "debug-disconnect" : "pulse",
    },
    contexts: ["target"],
    isExpanded: phase.kind !== "over",
    children,
    targetKey: key,
  };
}

/** `reading of 12:03:07`, `ended 12:03:07`. */
export function phaseText({ phase, look, heap }: TargetState): string {
  switch (phase.kind) {
    case "opening":
      return "connecting";
    case "over":
      return `ended ${formatClock(phase.atMs)}`;
    case "failed":
      return "not watched";
    case "watched": {
      const atMs = Math.max(look?.atMs ?? 0, heap?.atMs ?? 0);
      return atMs === 0 ? "connected" : `reading of ${formatClock(atMs)}`;
    }
    default:
      return phase satisfies never;
  }
}

function targetNodes(
  state: TargetState,
  options: Omit<SectionInput, "targetKey" | "reading" | "suspended">,
): readonly TreeNode[] {
  const { key, phase } = state;
  const reading = currentReading(state.look, state.heap);
  const notes: TreeNode[] = [];
  if (phase.kind === "over") {
    const last = reading ? " This is the last reading of it." : "";
    notes.push(message(`${key}/over`, `${phase.message}${last}`, "debug-disconnect"));
  }
  if (phase.kind === "failed") {
    notes.push(message(`${key}/failed`, phase.message, "warning"));
    if (phase.hint !== "") notes.push(message(`${key}/hint`, phase.hint, "lightbulb"));
  }
  if (phase.kind === "opening")
    notes.push(message(`${key}/opening`, "Connecting…", "loading~spin"));
  if (!reading) return notes;
  // What is over grows no older.
  const nowMs = phase.kind === "over" ? Math.min(options.nowMs, phase.atMs) : options.nowMs;
  const input: SectionInput = {
    ...options,
    nowMs,
    targetKey: key,
    reading,
    suspended: state.suspended,
  };
  // A thread that is paused or in native code has its own row: only other problems are said here.
  const problems = reading.newest.report.problems
    .filter(({ code }) => code !== "paused-by-debugger" && code !== "main-thread-in-native-code")
    .map(({ code, message: text }) => message(`${key}/problem/${code}`, text, "warning"));
  return [
    ...notes,
    ...problems,
    ...allSections.map((section): TreeNode => {
      const isExpanded = section.isExpanded?.(input) ?? true;
      return {
        // The editor keeps a row as it was: one that is to open later is another row then.
        id: `${key}/${section.id}${isExpanded ? "" : "/folded"}`,
        label: section.title,
        description: section.describe(input),
        icon: { id: section.icon },
        isExpanded,
        children: section.nodes(input),
        targetKey: key,
      };
    }),
  ];
}

/** A row that matches stays with all that is below it; one that doesn't stays for what matches below. */
function filtered(nodes: readonly TreeNode[], filter: string): readonly TreeNode[] {
  return nodes.flatMap((node) => {
    const text = `${node.label} ${node.description ?? ""} ${node.position?.file ?? ""}`;
    if (text.toLowerCase().includes(filter)) return node;
    const children = filtered(node.children, filter);
    return children.length > 0 ? { ...node, children, isExpanded: true } : [];
  });
}

/** Every row that can be acted on, by its id. */
export function* allNodes(nodes: readonly TreeNode[]): Iterable<TreeNode> {
  for (const node of nodes) {
    yield node;
    yield* allNodes(node.children);
  }
}
