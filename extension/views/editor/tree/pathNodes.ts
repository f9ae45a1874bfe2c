import type { PathStep } from "../../../protocol/finding.ts";
import { fullPlace, shortPlace } from "./place.ts";
import { limited, type TreeNode } from "./treeNode.ts";

/** A retaining path as one row with a row for each step; nothing for an empty path. */
export function pathNodes(
  heading: Pick<TreeNode, "id" | "label" | "isExpanded" | "targetKey">,
  path: readonly PathStep[],
): readonly TreeNode[] {
  if (path.length === 0) return [];
  const { id } = heading;
  const steps = path.map(
    ({ from, edge, to, position }, index): TreeNode => ({
      id: `${id}/${index}`,
      label: `${edge} → ${to}`,
      description: `of ${from}${position ? ` · ${shortPlace(position)}` : ""}`,
      tooltip: [`${from} holds ${to} through ${edge}`, ...(position ? [fullPlace(position)] : [])],
      icon: { id: index === path.length - 1 ? "target" : "arrow-small-down" },
      ...(position && { position, contexts: ["openable"] as const }),
      children: [],
    }),
  );
  return [{ ...heading, icon: { id: "type-hierarchy" }, children: limited(id, steps, "steps") }];
}
