import type * as t from "@babel/types";
import { walk } from "estree-walker";
import { type FunctionNode, isFunctionNode } from "./functionAt.ts";

/** The expressions that a function returns, those of functions inside it left out. */
export function returnedExpressions(node: FunctionNode): readonly t.Node[] {
  if (node.body.type !== "BlockStatement") return [node.body];
  const returned: t.Node[] = [];
  walkOwnCode(node, (inner) => {
    if (inner.type === "ReturnStatement" && inner.argument) returned.push(inner.argument);
  });
  return returned;
}

/** Visits what a function itself runs: its parameters and body, not the bodies of functions inside. */
export function walkOwnCode(
  owner: FunctionNode,
  visit: (node: t.Node, parent: t.Node | null) => void,
): void {
  walk(owner as never, {
    enter(entered, enteredParent) {
      const node = entered as unknown as t.Node;
      if (node !== owner && isFunctionNode(node)) {
        this.skip();
        return;
      }
      visit(node, enteredParent as unknown as t.Node | null);
    },
  });
}
