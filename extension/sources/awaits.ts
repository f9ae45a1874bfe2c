import type * as t from "@babel/types";
import { walk } from "estree-walker";
import { endOffset, type FunctionNode, isFunctionNode, startOffset } from "./functionAt.ts";

/**
 * Whether code at an offset of an async function runs after one of its awaits: `sure` when every way there
 * leads over one, `possible` with branches and loops, `no` otherwise.
 */
export function afterAwait(owner: FunctionNode, offset: number): "sure" | "possible" | "no" {
  if (!owner.async) return "no";
  let answer: "sure" | "possible" | "no" = "no";
  const around: Branch[] = [];
  const note = (isSure: boolean) => {
    if (isSure) answer = "sure";
    else if (answer === "no") answer = "possible";
  };
  walk(owner.body as never, {
    enter(entered, enteredParent) {
      const node = entered as unknown as t.Node;
      const parent = enteredParent as unknown as t.Node | null;
      if (isFunctionNode(node)) {
        this.skip();
        return;
      }
      if (parent !== null && isBranch(node, parent)) around.push({ node, parent });
      const isLoopAwait = node.type === "ForOfStatement" && node.await;
      if (!isLoopAwait && node.type !== "AwaitExpression") return;
      // The body of `for await` and all behind it come after the first step of the iterator.
      const resumed = isLoopAwait ? startOffset(node.body) : endOffset(node);
      if (offset >= resumed) {
        // The other side of an `if` can't have run as well.
        if (!isRepeated(around, offset) && around.some((branch) => isOtherSide(branch, offset)))
          return;
        note(around.every((branch) => contains(branch.node, offset)));
      }
      // In a loop the code before the await runs after it from the second round on.
      else if (isRepeated(around, offset)) note(false);
    },
    leave(left) {
      if (around.at(-1)?.node === (left as unknown as t.Node)) around.pop();
    },
  });
  return answer;
}

const loops = new Set([
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

interface Branch {
  readonly node: t.Node;
  readonly parent: t.Node;
}

function isOtherSide({ node, parent }: Branch, offset: number): boolean {
  const hasSides = parent.type === "IfStatement" || parent.type === "ConditionalExpression";
  return hasSides && contains(parent, offset) && !contains(node, offset);
}

/** True for code that its parent may leave out. */
function isBranch(node: t.Node, parent: t.Node): boolean {
  if (loops.has(node.type)) return true;
  switch (parent.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return node !== parent.test;
    case "LogicalExpression":
      return node === parent.right;
    case "SwitchStatement":
      return node !== parent.discriminant;
    case "TryStatement":
      return node !== parent.finalizer;
    default:
      return false;
  }
}

function contains(node: t.Node, offset: number): boolean {
  return startOffset(node) <= offset && offset < endOffset(node);
}

function isRepeated(around: readonly Branch[], offset: number): boolean {
  return around.some(({ node }) => loops.has(node.type) && contains(node, offset));
}
