import { open } from "node:fs/promises";

/** Read at a time. */
const chunkBytes = 4 * 1024 * 1024;

/**
 * The bytes of a file from its beginning, while the next ones are read already. A chunk may be overwritten when the
 * next one is asked for: a file takes two chunks of memory. Rejects as the system does.
 */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    let buffer = new Uint8Array(chunkBytes);
    let other = new Uint8Array(chunkBytes);
    let reading = file.read(buffer);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      [buffer, other] = [other, buffer];
      reading = file.read(buffer);
      // Nobody waits for it when the reader leaves here.
      reading.catch(() => {});
      yield chunk;
    }
  } finally {
    await file.close();
  }
}
