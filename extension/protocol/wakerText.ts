import type { WakerDescription } from "./asyncReport.ts";

/** What a suspended function waits for, as the rest of a sentence that begins with "waiting for". */
export function wakerText({ kind, label }: Pick<WakerDescription, "kind" | "label">): string {
  switch (kind) {
    case "timer":
      return "a timer";
    case "immediate":
      return "setImmediate";
    case "listener":
      return `event ${label}`;
    case "native":
      return label === "" ? "native code" : `native code: ${label}`;
    case "queue":
      return `the queue ${label}`;
    case "object":
      return label;
    case "suspended function":
      return "another suspended function";
    case "caller":
      return "its caller to ask for the next value";
    case "nothing":
      return "nothing that is left";
    default:
      return kind satisfies never;
  }
}
