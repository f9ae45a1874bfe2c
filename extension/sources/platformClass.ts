import type * as t from "@babel/types";
import { startOffset } from "./functionAt.ts";
import { isMember, type ModuleIndex, memberName } from "./moduleIndex.ts";
import { resolveName } from "./scope.ts";

/** Global classes and namespaces that make no registry, as Node 26 has them. */
const globalNames = new Set(
  `AbortController AggregateError Array ArrayBuffer Blob BroadcastChannel Buffer CompressionStream
  CountQueuingStrategy CustomEvent DOMException DataView Date DecompressionStream Error Event EventSource
  EventTarget File FormData Function Headers Int16Array Int32Array Int8Array Intl Iterator Map MessageChannel
  Number Object PerformanceObserver Promise Proxy RangeError ReadableStream ReferenceError RegExp Request
  Response Set SharedArrayBuffer String SyntaxError TextDecoder TextEncoder TransformStream TypeError URL
  URLSearchParams Uint16Array Uint32Array Uint8Array WeakMap WeakRef WeakSet WebAssembly WebSocket Worker
  WritableStream`.split(/\s+/),
);
const globalObjects = new Set(["globalThis", "global", "window", "self"]);

/** Node's own modules, which may be named without `node:`. */
export const builtInModule =
  /^(?:node:.*|(?:assert|async_hooks|buffer|child_process|cluster|crypto|dgram|diagnostics_channel|dns|domain|events|fs|http2?|https|inspector|module|net|os|path|perf_hooks|process|readline|repl|stream|string_decoder|timers|tls|tty|url|util|v8|vm|wasi|worker_threads|zlib)(?:\/.*)?)$/;

/** True for an expression that means a class of JavaScript's or Node's own, other than FinalizationRegistry. */
export function isPlatformClass(module: ModuleIndex, expression: t.Node): boolean {
  let root = expression;
  let first: string | null = null;
  while (isMember(root)) {
    first = memberName(root);
    root = root.object;
  }
  if (isBuiltInRequire(root)) return true;
  if (root.type !== "Identifier") return false;
  const binding = resolveName(module.scope, root.name, startOffset(root));
  if (binding === null) {
    const name = first !== null && globalObjects.has(root.name) ? first : root.name;
    return globalNames.has(name);
  }
  return (
    binding.sources.length > 0 &&
    binding.sources.every((source) =>
      source.kind === "import"
        ? builtInModule.test(source.specifier)
        : source.kind === "expression" && isBuiltInRequire(source.node),
    )
  );
}

/** `require("node:events")`, also inside a compiler's helper and with a property behind it. */
function isBuiltInRequire(node: t.Node): boolean {
  if (isMember(node)) return isBuiltInRequire(node.object);
  if (node.type === "AwaitExpression") return isBuiltInRequire(node.argument);
  if (node.type === "ImportExpression") {
    return node.source.type === "StringLiteral" && builtInModule.test(node.source.value);
  }
  if (node.type !== "CallExpression") return false;
  const [argument] = node.arguments;
  if (argument === undefined) return false;
  const isLoader =
    node.callee.type === "Import" ||
    (node.callee.type === "Identifier" && node.callee.name === "require");
  if (isLoader) return argument.type === "StringLiteral" && builtInModule.test(argument.value);
  return isBuiltInRequire(argument);
}
