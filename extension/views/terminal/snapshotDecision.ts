import { confirm, isCancel } from "@clack/prompts";
import { collectsFirst, type SnapshotPrice } from "../../pipeline/snapshotPrice.ts";
import { type Session, StoppedBySignal } from "./session.ts";

/** Asks on the terminal. Ctrl-C while the question stands is a Ctrl-C. */
export async function confirmSnapshot(price: SnapshotPrice, session: Session): Promise<boolean> {
  session.progress.clear();
  const answer = await confirm({
    message: `Take a heap snapshot? It ${price.text}. ${collectsFirst}`,
    initialValue: false,
    input: session.host.stdin,
    output: session.host.stderr,
    signal: session.stop,
  });
  session.stop.throwIfAborted();
  if (isCancel(answer)) throw new StoppedBySignal("SIGINT");
  return answer;
}

export function announceSnapshot(price: SnapshotPrice, session: Session): void {
  session.tell(`taking a heap snapshot, which ${price.text}. ${collectsFirst}`);
}
