import { Agent, get } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** Asks the service for `count` paths, one after the other, and throws the answers away. */
export async function visit(
  port: number,
  count: number,
  path: (id: number) => string,
): Promise<void> {
  for (let id = 1; id <= count; id++) {
    await new Promise<void>((resolve, reject) => {
      get({ agent, host: "127.0.0.1", port, path: path(id) }, (response) => {
        response.resume().once("end", resolve);
      }).once("error", reject);
    });
  }
}

const previewBytes = 8 * 1024 * 1024;
const previewsKept = 16;

/**
 * Other work of the service, which leaves garbage behind, until V8 has collected what `done` waits
 * for. The previews live for a while: garbage that dies at once would never need a full collection.
 */
export async function workUntil(done: () => boolean): Promise<void> {
  const previews: ArrayBuffer[] = [];
  while (!done()) {
    previews.push(new ArrayBuffer(previewBytes));
    if (previews.length > previewsKept) previews.shift();
    await nextTurn();
  }
}
