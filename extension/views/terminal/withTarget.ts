import type { OpenedTarget, OpenTargetRequest } from "../../protocol/analysisApi.ts";
import { UserError } from "../../protocol/errors.ts";
import type { Session } from "./session.ts";

/** Opens a target, uses it, and puts it back as it was whatever happens. */
export const withTarget = <Result>(
  session: Session,
  target: string,
  use: (opened: OpenedTarget) => Promise<Result>,
): Promise<Result> => withOpened(session, { target }, use);

/** The same for a snapshot file. A process is refused before it is touched. */
export const withFile = <Result>(
  session: Session,
  file: string,
  use: (opened: OpenedTarget) => Promise<Result>,
): Promise<Result> => withOpened(session, { target: file, mustBeFile: true }, use);

async function withOpened<Result>(
  session: Session,
  request: Omit<OpenTargetRequest, "timeoutMs">,
  use: (opened: OpenedTarget) => Promise<Result>,
): Promise<Result> {
  const timeoutMs = session.options.timeout * 1000;
  const opened = await session.ask((api) => api.openTarget({ ...request, timeoutMs }));
  let failure: unknown;
  try {
    return await use(opened);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await closeTarget(session, opened, failure);
  }
}

/** Never rejects: what was found, or the failure that came first, matters more. */
async function closeTarget(
  session: Session,
  opened: OpenedTarget,
  failure: unknown,
): Promise<void> {
  try {
    const { leftBehind } = await session.askToClose((api) => api.closeTarget(opened.id));
    if (leftBehind !== null) session.warn(leftBehind);
  } catch (error) {
    // What is gone needs no closing, and whatever ended it has been reported already.
    if (error instanceof UserError && error.kind === "target") return;
    if (failure instanceof UserError && failure.kind === "internal") return;
    session.warn(error instanceof Error ? error.message : String(error));
  }
}
