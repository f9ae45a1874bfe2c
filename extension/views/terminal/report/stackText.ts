import type { StackFrame } from "../../../protocol/finding.ts";
import type { Page } from "./page.ts";
import { formatPlace } from "./place.ts";

/** One line a frame, innermost first, as V8 writes a stack. Frames of Node and V8 are marked. */
export function stackText(stack: readonly StackFrame[], page: Page): readonly string[] {
  return stack.map((frame) => {
    const text = `at ${frameText(frame, page)}`;
    return frame.internal ? page.colors.dim(`${text}  [internal]`) : text;
  });
}

/** `closeSession (share.ts:41:9)`, or what is known of it. */
function frameText(frame: StackFrame, page: Page): string {
  const prefix = frame.async ? "async " : "";
  const place = frame.position ? formatPlace(frame.position, page) : null;
  if (frame.function && place) return `${prefix}${frame.function} (${place})`;
  return prefix + (frame.function ?? place ?? "(unknown)");
}
