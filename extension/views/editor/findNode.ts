import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const answerMs = 3000;
const oldestNode = 20;

/**
 * The Node that reads heaps: a plain one has the whole machine's memory, the one inside of the editor
 * may not. Resolves to undefined when there is none that can be used: then the editor's own runs.
 */
export async function findNode(
  configured: string,
  refuse: (message: string) => void,
): Promise<string | undefined> {
  if (configured !== "") {
    if (await isUsable(configured)) return configured;
    refuse(
      `leakline.nodePath: ${configured} is not a Node.js of version ${oldestNode} or newer; another one is used.`,
    );
  }
  return (await isUsable("node")) ? "node" : undefined;
}

async function isUsable(command: string): Promise<boolean> {
  try {
    const { stdout } = await run(command, ["--version"], { timeout: answerMs });
    const major = /^v(\d+)\./.exec(stdout)?.[1];
    return major !== undefined && Number(major) >= oldestNode;
  } catch {
    return false;
  }
}
