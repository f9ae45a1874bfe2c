import { formatBytes } from "../../../base/byteSize.ts";
import { formatCount, formatCountOf } from "../../../base/count.ts";
import type {
  AsyncFrameDescription,
  AsyncGroupDescription,
  AsyncReport,
  AsyncVariable,
} from "../../../protocol/asyncReport.ts";
import { wakerText } from "../../../protocol/wakerText.ts";
import { message } from "./findingNodes.ts";
import { pathNodes } from "./pathNodes.ts";
import { fullPlace, shortPlace, threadName } from "./place.ts";
import { limited, type TreeNode } from "./treeNode.ts";

/** `1,204 · 3.2 MB`: how many functions wait, and what they keep alive. */
export const suspendedDescription = ({ suspendedFunctions, retainedBytes }: AsyncReport): string =>
  suspendedFunctions === 0
    ? ""
    : `${formatCountOf(suspendedFunctions, "function")} · ${formatBytes(retainedBytes)}`;

/** The groups of asynchronous stacks; those that can never go on first, those of Node itself folded. */
export function suspendedNodes(id: string, { groups }: AsyncReport): readonly TreeNode[] {
  const stuckFirst = (a: AsyncGroupDescription, b: AsyncGroupDescription) =>
    Number(b.settledBy !== "program") - Number(a.settledBy !== "program");
  const own = groups.filter(({ internal }) => !internal).toSorted(stuckFirst);
  const ofNode = groups.filter(({ internal }) => internal);
  const nodes = limited(
    id,
    own.map((group) => groupNode(id, group)),
    "groups",
  );
  const folded: TreeNode[] =
    ofNode.length === 0
      ? []
      : [
          {
            id: `${id}/internal`,
            label: "Only functions of Node",
            description: formatCount(ofNode.length),
            icon: { id: "folder" },
            children: ofNode.map((group) => groupNode(id, group)),
          },
        ];
  if (nodes.length + folded.length === 0) {
    return [message(`${id}/none`, "No function is suspended", "pass")];
  }
  return [...nodes, ...folded];
}

function groupNode(parentId: string, group: AsyncGroupDescription): TreeNode {
  const { count, retainedBytes, frames, waitsFor, settledBy, isCycle, threadId } = group;
  const id = `${parentId}/${group.id}`;
  const first = frames.find(({ internal }) => !internal) ?? frames[0];
  const position = first && placeOf(first);
  const waits = isCycle ? "they wait for each other" : `waiting for ${wakerText(waitsFor)}`;
  const never = settledBy === "program" ? "" : "can never go on";
  return {
    id,
    label: first ? nameOf(first) : "(nothing)",
    description: [
      formatCount(count),
      never,
      waits,
      formatBytes(retainedBytes),
      position ? shortPlace(position) : "",
      threadName(threadId),
    ]
      .filter((part) => part !== "")
      .join(" · "),
    tooltip: [
      `${formatCountOf(count, "asynchronous stack")}, ${waits}`,
      ...(never === "" ? [] : ["Nothing in the program can make them go on."]),
      `They retain ${formatBytes(retainedBytes)}.`,
      ...(position ? [fullPlace(position)] : []),
    ],
    icon:
      settledBy === "program"
        ? { id: "debug-pause" }
        : { id: "warning", color: "list.warningForeground" },
    ...(position && { position, contexts: ["openable"] }),
    children: [
      ...limited(
        id,
        frames.map((frame, index) => frameNode(`${id}/${index}`, frame, count)),
        "frames",
      ),
      ...pathNodes({ id: `${id}/waker`, label: "What would make it go on" }, waitsFor.path),
    ],
  };
}

/** The line of the await when the process was asked for it; else where the function begins. */
const placeOf = ({ awaits, position }: AsyncFrameDescription) => awaits[0]?.position ?? position;

const nameOf = ({ kind, function: name }: AsyncFrameDescription): string =>
  kind === "await" || kind === "yield" || name !== null ? (name ?? "(anonymous)") : kind;

function frameNode(id: string, frame: AsyncFrameDescription, count: number): TreeNode {
  const { kind, internal, waiting, repeated, awaits } = frame;
  const position = placeOf(frame);
  const places = awaits.length > 1 ? `one of ${formatCount(awaits.length)} lines` : "";
  return {
    id,
    label: kind === nameOf(frame) ? kind : `${kind} ${nameOf(frame)}`,
    description: [
      position ? shortPlace(position) : "",
      places,
      repeated > 1 ? `${formatCount(repeated)} times` : "",
      waiting > 0 && waiting < count && repeated === 1 ? formatCount(waiting) : "",
      internal ? "internal" : "",
    ]
      .filter((part) => part !== "")
      .join(" · "),
    icon: { id: internal ? "debug-stackframe-dot" : "debug-stackframe" },
    ...(position && { position, tooltip: [fullPlace(position)] }),
    ...(position && !internal && { contexts: ["openable"] as const }),
    children: frame.variables.map((variable, index) => variableNode(`${id}/${index}`, variable)),
  };
}

const variableNode = (id: string, variable: AsyncVariable): TreeNode => ({
  id,
  label: variable.name ?? variable.value,
  description: `${variable.name === null ? "" : `${variable.value} · `}${formatBytes(variable.retainedBytes)} · @${variable.objectId}`,
  tooltip: [
    `${formatBytes(variable.shallowBytes)} itself, ${formatBytes(variable.retainedBytes)} retained`,
  ],
  icon: { id: "symbol-variable" },
  children: [],
});
