import { formatBytes } from "../../../base/byteSize.ts";
import { formatCount, formatCountOf } from "../../../base/count.ts";
import type { Batch, Finding, StackFrame } from "../../../protocol/finding.ts";
import { formatRowAge } from "../age.ts";
import { type CurrentFinding, isOfThread } from "../currentReading.ts";
import { pathNodes } from "./pathNodes.ts";
import { fullPlace, functionName, shortPlace, threadName } from "./place.ts";
import { limited, type NodeContext, type NodeIcon, type TreeNode } from "./treeNode.ts";

export interface FindingNodeOptions {
  readonly targetKey: string;
  readonly nowMs: number;
  /** Those that wait behind it, shown below it. */
  readonly waiting: readonly CurrentFinding[];
  /** Why the user doesn't want to see it among the others. */
  readonly ignoredBecause: string | null;
  readonly isExpanded?: boolean;
}

const icons: Readonly<Partial<Record<Finding["kind"], NodeIcon>>> = {
  running: { id: "error", color: "list.errorForeground" },
  threw: { id: "error", color: "list.errorForeground" },
  starved: { id: "loading", color: "list.warningForeground" },
  queued: { id: "clock", color: "list.warningForeground" },
  "self-retained": { id: "sync", color: "list.warningForeground" },
  held: { id: "link" },
  collectable: { id: "trash" },
  unknown: { id: "question" },
};

/** A finding with all that it says, so that nothing has to be looked up elsewhere. */
export function findingNode(current: CurrentFinding, options: FindingNodeOptions): TreeNode {
  const { finding } = current;
  const { targetKey, ignoredBecause } = options;
  const id = `${targetKey}/${finding.id}`;
  const holdersId = finding.path.length > 0 ? `${id}/path` : undefined;
  const contexts: NodeContext[] = ["reportable", ignoredBecause === null ? "ignorable" : "ignored"];
  if (finding.callback) contexts.push("openable");
  if (holdersId) contexts.push("holders");
  return {
    id,
    label: labelOf(finding),
    description: describe(current, options.nowMs),
    tooltip: [
      finding.title,
      ...(finding.callback ? [fullPlace(finding.callback)] : []),
      ...(ignoredBecause === null ? [] : [`Ignored: ${ignoredBecause}`]),
      finding.advice,
    ],
    icon: icons[finding.kind] ?? { id: "circle-outline" },
    ...(finding.callback && { position: finding.callback }),
    contexts,
    isExpanded: options.isExpanded ?? false,
    children: [
      ...stackNodes(id, "Stack, innermost first", finding.stack),
      ...waitingNodes(id, finding, options),
      ...siteNodes(id, finding),
      ...pathNodes(
        { id: `${id}/path`, label: "What keeps the target alive", isExpanded: true, targetKey },
        finding.path,
      ),
      ...explanationNodes(id, finding),
    ],
    targetKey,
    findingId: finding.id,
    ...(holdersId && { holdersId }),
  };
}

function labelOf(finding: Finding): string {
  const name = functionName(finding.callback);
  return finding.kind === "starved" || (finding.kind === "unknown" && isOfThread(finding))
    ? `busy in ${name}`
    : name;
}

/** `running ≥ 3 min · 750 waiting · shareClient.ts:26`. */
function describe(current: CurrentFinding, nowMs: number): string {
  const { finding } = current;
  const age = formatRowAge(current, nowMs);
  const waiting = finding.blocks?.registrations ?? null;
  return [
    `${verdictText(finding)}${age === "" ? "" : ` ${age}`}`,
    isOfThread(finding)
      ? waiting === null
        ? ""
        : `${formatCount(waiting)} waiting`
      : finding.count === null
        ? ""
        : formatCount(finding.count),
    finding.retainedBytes === null ? "" : formatBytes(finding.retainedBytes),
    finding.callback ? shortPlace(finding.callback) : "",
    threadName(finding.threadId),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

function verdictText({ kind, confidence, batch }: Finding): string {
  if (kind === "collectable" && confidence !== "certain") return "queued or just collected";
  const sure = confidence === "certain" ? "" : ` (${confidence})`;
  return `${batch ? "batch " : ""}${kind}${sure}`;
}

export function stackNodes(
  parentId: string,
  label: string,
  stack: readonly StackFrame[],
): readonly TreeNode[] {
  if (stack.length === 0) return [];
  const id = `${parentId}/stack`;
  const frames = stack.map((frame, index): TreeNode => {
    const { position, internal } = frame;
    return {
      id: `${id}/${index}`,
      label: `${frame.async ? "await " : ""}${functionName(position, frame.function)}`,
      description: internal ? "internal" : position ? shortPlace(position) : "",
      icon: { id: internal ? "debug-stackframe-dot" : "debug-stackframe" },
      ...(position && { position, tooltip: [fullPlace(position)] }),
      ...(position && !internal && { contexts: ["openable"] }),
      children: [],
    };
  });
  const children = limited(id, frames, "frames");
  return [{ id, label, icon: { id: "list-ordered" }, isExpanded: true, children }];
}

function waitingNodes(
  parentId: string,
  { blocks, batch }: Finding,
  { waiting, ...options }: FindingNodeOptions,
): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  if (batch) nodes.push(message(`${parentId}/batch`, batchText(batch), "layers"));
  if (!blocks) return nodes;
  const id = `${parentId}/waiting`;
  if (blocks.registrations === null) {
    // A row that gets something below it later would stay folded: it is another row then.
    nodes.push(
      message(
        `${id}/unknown`,
        "How many wait behind it is not known without a snapshot",
        "question",
      ),
    );
  } else if (blocks.registrations === 0 && waiting.length === 0) {
    nodes.push(message(`${id}/nothing`, "Nothing waits behind it yet", "pass"));
  } else {
    const registries = formatCountOf(blocks.registries ?? 0, "registry", "registries");
    const children = waiting.map((one) => findingNode(one, { ...options, waiting: [] }));
    nodes.push({
      id,
      label: `${formatCountOf(blocks.registrations, "registration")} of ${registries} waiting behind it`,
      icon: { id: "clock" },
      isExpanded: true,
      children: limited(id, children, "registries"),
    });
  }
  return nodes;
}

function batchText({ callbacksSeen, callbacksLeft, millisecondsEach }: Batch): string {
  const parts = [`${formatCountOf(callbacksSeen, "callback")} ended while we watched`];
  if (millisecondsEach !== null) parts.push(`${millisecondsEach} ms each`);
  if (callbacksLeft !== null) parts.push(`${formatCount(callbacksLeft)} left`);
  return parts.join(", ");
}

function siteNodes(parentId: string, { registeredAt }: Finding): readonly TreeNode[] {
  return registeredAt.map(({ position, count, certainty }, index): TreeNode => {
    const times = count === null ? "" : ` · ${formatCountOf(count, "registration")}`;
    return {
      id: `${parentId}/site/${index}`,
      label: `registered in ${functionName(position)}`,
      description: `${shortPlace(position)}${times}${certainty === "candidate" ? " · candidate" : ""}`,
      tooltip: [
        fullPlace(position),
        ...(certainty === "candidate"
          ? [
              "A candidate: this line may have made the registration. Attached late, nobody counted.",
            ]
          : []),
      ],
      icon: { id: "symbol-event" },
      position,
      contexts: ["openable"],
      children: [],
    };
  });
}

function explanationNodes(parentId: string, { reason, advice }: Finding): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  if (reason !== null) nodes.push(message(`${parentId}/reason`, reason, "info"));
  nodes.push(message(`${parentId}/advice`, advice, "lightbulb"));
  return nodes;
}

/** A row that only says something; in full in its tooltip. */
export const message = (id: string, text: string, icon: string): TreeNode => ({
  id,
  label: text,
  tooltip: [text],
  icon: { id: icon },
  children: [],
});
