import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileChunks } from "../../../extension/pipeline/fileChunks.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leakline-chunks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the chunks of a file are its bytes, in the memory of two of them", async () => {
  const bytes = Buffer.alloc(19_000_003, "0123456789abcdefghijklmnopqrstu");
  const path = join(folder, "long");
  await writeFile(path, bytes);
  const parts: Uint8Array[] = [];
  const memories = new Set<ArrayBufferLike>();
  for await (const chunk of fileChunks(path)) {
    parts.push(chunk.slice());
    memories.add(chunk.buffer);
  }
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  expect(parts.length).toBeGreaterThan(4);
  expect(memories.size).toBe(2);
});

test("an empty file has no chunks", async () => {
  const path = join(folder, "empty");
  await writeFile(path, "");
  const chunks: Uint8Array[] = [];
  for await (const chunk of fileChunks(path)) chunks.push(chunk);
  expect(chunks).toEqual([]);
});

test("a reader may leave while the next chunk is being read", async () => {
  const path = join(folder, "left");
  await writeFile(path, Buffer.alloc(9_000_000));
  for await (const chunk of fileChunks(path)) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});

test("what the system refuses is said with its code", async () => {
  const read = async (path: string) => {
    for await (const _ of fileChunks(path));
  };
  await expect(read(folder)).rejects.toMatchObject({ code: "EISDIR", syscall: "read" });
  await expect(read(join(folder, "gone"))).rejects.toMatchObject({ code: "ENOENT" });
});
