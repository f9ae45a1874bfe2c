import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allocationStackOf } from "../../extension/snapshot/allocationStack.ts";
import { parseInPieces } from "../build/readColumns.ts";
import { plainColumns, referenceColumns } from "../build/referenceColumns.ts";
import { nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const runFile = promisify(execFile);
const program = fileURLToPath(new URL("programs/trackedAllocations.cjs", import.meta.url));
const everything = { allocations: true, samples: true };
const chunkBytes = 1 << 16;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leakline-sections-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(nodeVersions)("a snapshot with tracked allocations of Node %i", (nodeMajor) => {
  let bytes: Uint8Array;

  beforeAll(async () => {
    const file = join(folder, `${nodeMajor}.heapsnapshot`);
    await runFile(nodeBinary(nodeMajor), [program, file], { timeout: 60_000 });
    bytes = await readFile(file);
  });

  test("has the columns that JSON.parse finds", () => {
    const cuts = Array.from(
      { length: bytes.length / chunkBytes },
      (_, index) => index * chunkBytes,
    );
    const read = plainColumns(parseInPieces(bytes, cuts, everything));
    expect(read.nodes.count).toBeGreaterThan(30_000);
    // Not by `toEqual` of the whole: a difference would be printed number by number.
    const reference = referenceColumns(bytes);
    expect(differingColumns(read, reference)).toEqual([]);
    expect(differingColumns({ ...read, strings: [] }, reference)).toEqual(["strings"]);
  });

  test("knows which function allocated an object, and when", () => {
    const columns = parseInPieces(bytes, [], everything);
    const { nodes, strings, allocations, samples } = columns;
    const rows = [...nodes.nodeName.keys()];
    const stacks = rows.map((row) => allocationStackOf(columns, row));
    expect(stacks.filter((stack) => stack.length > 0).length).toBeGreaterThan(50);
    // All of them as a rule, but the link from a node to its stack is lost at times when V8 moves the node.
    const ofTickets = rows
      .filter((row) => strings.equals(nodes.nodeName[row] ?? 0, "Ticket"))
      .flatMap(
        (row) => stacks[row]?.find(({ functionName }) => functionName === "sellTicket") ?? [],
      );
    for (const frame of ofTickets) {
      // The parenthesis of its parameters.
      const position = { line: 9, column: 19 };
      expect(frame).toMatchObject({ scriptName: program, position });
    }
    const isOfTickets = (trace: number) =>
      ["sellTicket", "Ticket"].includes(
        strings.text(allocations?.functions.name[allocations.traces.functionRow[trace] ?? 0] ?? 0),
      );
    const counts = [...(allocations?.traces.allocationCount ?? [])];
    const ticketCounts = counts.filter((_, trace) => isOfTickets(trace));
    expect(ticketCounts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(300);

    const times = [...(samples?.timestampUs ?? [])];
    const lastIds = [...(samples?.lastObjectId ?? [])];
    expect(times.length).toBeGreaterThanOrEqual(2);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(lastIds).toEqual(lastIds.toSorted((left, right) => left - right));
    // One ticket was sold before the tracking, and 300 after the last sample.
    const ticketIds = rows
      .filter((row) => columns.nodeTypes[nodes.nodeType[row] ?? 0] === "object")
      .filter((row) => strings.equals(nodes.nodeName[row] ?? 0, "Ticket"))
      .map((row) => nodes.nodeId[row] ?? 0)
      .toSorted((left, right) => left - right);
    expect(ticketIds[0]).toBeLessThanOrEqual(lastIds[0] ?? 0);
    expect(ticketIds.filter((id) => id > (lastIds[0] ?? 0)).length).toBeGreaterThanOrEqual(300);
  });
});

function differingColumns(left: object, right: object, path = ""): string[] {
  const others = new Map(Object.entries(right));
  return Object.entries(left).flatMap(([name, value]) => {
    const other: unknown = others.get(name);
    if (ArrayBuffer.isView(value) && ArrayBuffer.isView(other)) {
      const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
        Buffer.from(buffer, byteOffset, byteLength);
      const isSame =
        value.constructor === other.constructor && bytesOf(value).equals(bytesOf(other));
      return isSame ? [] : [path + name];
    }
    if (Array.isArray(value))
      return JSON.stringify(value) === JSON.stringify(other) ? [] : [path + name];
    if (
      typeof value === "object" &&
      value !== null &&
      typeof other === "object" &&
      other !== null
    ) {
      return differingColumns(value, other, `${path}${name}.`);
    }
    return value === other ? [] : [path + name];
  });
}
