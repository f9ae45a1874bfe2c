import type { SourcePosition } from "../../../protocol/sourcePosition.ts";

/** A theme icon and its colour, by the editor's names. */
export interface NodeIcon {
  readonly id: string;
  readonly color?: string;
}

/** One row of the view, without anything of the editor's in it. */
export interface TreeNode {
  /** Stable from reading to reading, so that what is expanded stays so. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text, a paragraph a line. */
  readonly tooltip?: readonly string[];
  readonly icon?: NodeIcon;
  /** Where a click leads. */
  readonly position?: SourcePosition;
  /** Words for the `when` clauses of its actions, for instance `openable`. */
  readonly contexts?: readonly NodeContext[];
  readonly isExpanded?: boolean;
  readonly children: readonly TreeNode[];
  /** What its actions are about. */
  readonly targetKey?: string;
  readonly findingId?: string;
  /** The node that has what keeps the targets alive. */
  readonly holdersId?: string;
}

/** `package.json` names these in the `when` clauses of the view's menus. */
export type NodeContext =
  | "openable"
  | "reportable"
  | "ignorable"
  | "ignored"
  | "holders"
  | "target";

/** Rows below a row that are not shown in full: the last one says how many more there are. */
export const mostChildren = 500;

/** Keeps a long list usable: the rest is counted. `what` is its plural. */
export function limited(
  parentId: string,
  nodes: readonly TreeNode[],
  what: string,
): readonly TreeNode[] {
  if (nodes.length <= mostChildren) return nodes;
  const rest = nodes.length - mostChildren;
  return [
    ...nodes.slice(0, mostChildren),
    { id: `${parentId}/rest`, label: `and ${rest} more ${what}`, children: [] },
  ];
}
