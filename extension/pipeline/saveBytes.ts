import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import type { SnapshotSink } from "../process/captureSnapshot.ts";
import { cannotWriteFile } from "../protocol/analysisErrors.ts";

/** Writes what arrives into a file that only its owner can read; a failed one is removed. */
export async function saveBytes<Result>(
  path: string,
  capture: (sink: SnapshotSink) => Promise<Result>,
): Promise<Result> {
  const flags = constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY;
  const file = await open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    throw cannotWriteFile(path, error.code ?? error.message);
  });
  let writing: Promise<unknown> = Promise.resolve();
  let position = 0;
  const sink: SnapshotSink = {
    begin() {
      position = 0;
      writing = writing.then(() => file.truncate(0));
    },
    push(bytes) {
      const at = position;
      position += bytes.length;
      writing = writing.then(() => file.write(bytes, 0, bytes.length, at));
    },
  };
  let complete = false;
  try {
    const result = await capture(sink);
    await writing.catch((error: NodeJS.ErrnoException) => {
      throw cannotWriteFile(path, error.code ?? error.message);
    });
    complete = true;
    return result;
  } finally {
    await writing.catch(() => {});
    await file.close();
    if (!complete) await rm(path, { force: true });
  }
}
