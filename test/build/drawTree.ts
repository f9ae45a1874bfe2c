import type { TreeNode } from "../../extension/views/editor/tree/treeNode.ts";

/** The view's rows as a person reads them: `▾` is unfolded, `▸` folded, `·` has nothing below it. */
export function drawTree(nodes: readonly TreeNode[], indentation = ""): string {
  return nodes
    .map((node) => {
      const sign = node.children.length === 0 ? "·" : node.isExpanded ? "▾" : "▸";
      const row = `${indentation}${sign} ${node.label}${node.description ? `  ${node.description}` : ""}`;
      const below = drawTree(node.children, `${indentation}  `);
      return below === "" ? row : `${row}\n${below}`;
    })
    .join("\n");
}
