import { readFileSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { writeHeapSnapshot } from "node:v8";

/** Far enough away that nothing of it happens while the program is looked at. */
export const longMs = 2 ** 30;

/**
 * What a program needs to say which of its functions are suspended where: `awaiting("load")` is a frame of its
 * function `load`, which begins at the line with the comment `load begins` and stands at the one with `load`, or
 * with `mark`; several marks when the functions stand at several lines, those where most stand first.
 */
export function sourceOf(url) {
  const file = fileURLToPath(url);
  const lines = readFileSync(file, "utf8").split("\n");
  const lineWith = (mark) => {
    const found = lines.flatMap((line, at) => (line.includes(`/* ${mark} */`) ? [at + 1] : []));
    if (found.length !== 1) throw new Error(`${found.length} lines of ${file} have ${mark}.`);
    return found[0];
  };
  const frame =
    (kind) =>
    (name, { waiting = 1, repeated = 1, mark = name, begin } = {}) => {
      const marks = [mark].flat();
      // A callback stands nowhere.
      const stands = kind === "await" || kind === "yield" ? marks.map(lineWith) : [];
      const begins = lineWith(begin ?? `${marks[0]} begins`);
      return { kind, function: name, file: basename(file), begins, stands, waiting, repeated };
    };
  return {
    awaiting: frame("await"),
    yielding: frame("yield"),
    then: frame("then"),
    finally: frame("finally"),
  };
}

/** A frame of the language's own, such as `Promise.all`. */
export const combinator = (kind) => ({
  kind,
  function: null,
  file: null,
  begins: null,
  stands: [],
  waiting: 0,
  repeated: 1,
});

/**
 * Announces which groups of asynchronous stacks the program has, once everything has come to a stop. A group has
 * `frames`, innermost first, a `count`, and `waitsFor`: kind and label. Each line of stdin is a path, to which the
 * program writes its own heap.
 */
export function expectGroups(groups, afterMs = 200) {
  const expected = groups.map((group) => ({
    threadId: 0,
    count: 1,
    settledBy: "program",
    isCycle: false,
    ...group,
  }));
  setTimeout(() => announce({ ready: true, expected }), afterMs);
  setInterval(() => {}, longMs);
  createInterface({ input: process.stdin }).on("line", (path) => {
    writeHeapSnapshot(path);
    announce({ written: path });
  });
}

function announce(facts) {
  writeSync(1, `${JSON.stringify({ pid: process.pid, ...facts })}\n`);
}
