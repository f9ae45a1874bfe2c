import { UserError } from "./errors.ts";

const input = (code: string, message: string, hint: string) =>
  new UserError("input", code, message, hint);
const target = (code: string, message: string, hint: string) =>
  new UserError("target", code, message, hint);

export const notATarget = (text: string) =>
  input(
    "not-a-target",
    `"${text}" is not a pid, host:port, ws:// address or .heapsnapshot file.`,
    "Run leakline blocked without a TARGET to see the Node processes that are running.",
  );

export const fileNotFound = (path: string) =>
  input("file-not-found", `There is no file ${path}.`, "Check the path.");

export const noSuchProcess = (pid: number) =>
  target(
    "no-such-process",
    `There is no process ${pid}.`,
    "It may have ended. Run leakline blocked without a TARGET to see the Node processes that are running.",
  );

export const notPermitted = (pid: number) =>
  target(
    "not-permitted",
    `Process ${pid} may not be looked into: it belongs to another user, or the system protects it.`,
    "Run Leakline as that user, or with sudo.",
  );

export const notNode = (pid: number, program: string) =>
  target(
    "not-node",
    `Process ${pid} is not Node.js, it is ${program}.`,
    "Give the pid of the node process itself; a package manager or shell that started it has another one.",
  );

export const ourselves = (pid: number) =>
  input("ourselves", `Process ${pid} is Leakline itself.`, "Give the pid of another process.");

export const ended = (pid: number) =>
  target(
    "process-ended",
    `Process ${pid} has ended and only waits for its parent.`,
    "Start it again.",
  );

export const stopped = (pid: number, how: string) =>
  target(
    "process-paused",
    `Process ${pid} is paused: ${how}.`,
    "Let it go on first (kill -CONT, or thaw its container); while it stands still it can't answer.",
  );

export const otherNetwork = (pid: number) =>
  target(
    "other-network",
    `Process ${pid} runs in another network namespace (a container), so its inspector can't be reached from here.`,
    "Run Leakline inside that container, or publish the inspector's port and give host:port.",
  );

export const stillStarting = (pid: number) =>
  target(
    "still-starting",
    `Process ${pid} does not catch SIGUSR1: it is still starting, and the signal would kill it.`,
    "Wait a moment and try again, or start it with --inspect.",
  );

export const signalDisabled = (pid: number) =>
  target(
    "signal-disabled",
    `Process ${pid} was started with --disable-sigusr1 or --permission, so its inspector can't be opened from outside.`,
    "Start it without that option; --disable-sigusr1 leaves --inspect working.",
  );

export const diedOfSignal = (pid: number) =>
  target(
    "process-ended",
    `Process ${pid} ended when its inspector was to be opened.`,
    "It caught SIGUSR1 a moment before, so it ended by itself or on purpose; start it with --inspect to inspect it.",
  );

export const portTaken = (pid: number, port: number, holder: string) =>
  target(
    "inspector-port-taken",
    `The inspector of process ${pid} would open port ${port}, which ${holder} uses.`,
    "End or close that one first, or start the process with --inspect-port=0 so that it takes a free port.",
  );

export const inspectorDidNotOpen = (pid: number, waitedMs: number) =>
  target(
    "inspector-did-not-open",
    `Process ${pid} did not open its inspector within ${waitedMs} ms of SIGUSR1.`,
    "It may have a SIGUSR1 listener of its own, or run native code; try again, or start it with --inspect.",
  );

export const wrongProcess = (address: string, wanted: number, found: number) =>
  target(
    "wrong-process",
    `The inspector at ${address} belongs to process ${found}, not to ${wanted}.`,
    `Another process holds that port: give ${found} if you mean it, or end it first.`,
  );

export const nobodyListens = (address: string, reason: string) =>
  target(
    "nobody-listens",
    `Nothing answers at ${address} (${reason}).`,
    "Check the address; a Node process listens there when it was started with --inspect, or after SIGUSR1.",
  );

export const notAnInspector = (address: string, what: string) =>
  target(
    "not-an-inspector",
    `What listens at ${address} is not a Node.js inspector: ${what}.`,
    'Give the address that Node printed after "Debugger listening on".',
  );

export const notADebuggerProxy = (address: string) =>
  target(
    "not-an-inspector",
    `What listens at ${address} is not the proxy of a JavaScript debugger.`,
    "Ask the debugger for its address anew: it makes one for each session.",
  );

/** The process has a debugger, so it is not sent the signal that would open its inspector. */
export const inspectorClosed = (pid: number) =>
  target(
    "inspector-closed",
    `The inspector of process ${pid} is not open.`,
    "Start it with --inspect, or give its pid without a debugger's proxy to have it opened.",
  );

/** `first` is why the process can't be reached directly, `second` why not through its debugger. */
export const neitherWay = (first: UserError, second: UserError) =>
  new UserError(
    first.kind,
    first.code,
    `${first.message} Through its debugger it can't be reached either: ${second.message}`,
    first.hint,
  );

export const noTargetOfThatId = (address: string) =>
  target(
    "no-such-target",
    `The inspector at ${address} has no target with that id.`,
    `Node makes a new id at every start: give ${address} instead, and Leakline asks for it.`,
  );

export const lostTarget = (label: string, during: string) =>
  target(
    "target-lost",
    `${label} went away while ${during}.`,
    "It ended, or its inspector was closed. What was read until then is not shown.",
  );

export const noAnswer = (label: string, question: string, waitedMs: number) =>
  target(
    "no-answer",
    `${label} did not answer ${question} within ${waitedMs} ms.`,
    "It may be stopped or run native code; try again with a longer --timeout.",
  );

export const snapshotHeld = (label: string, holder: number, waitedMs: number) =>
  target(
    "snapshot-held",
    `Another Leakline (process ${holder}) takes a snapshot of ${label} and was not done within ${Math.round(waitedMs / 1000)} s.`,
    `Wait for it, or end process ${holder} if nobody needs it any more.`,
  );

export const captureFailed = (label: string, reasons: string) =>
  target(
    "capture-failed",
    `No way to take a heap snapshot of ${label} worked: ${reasons}.`,
    "Try again with a longer --timeout; blocked --no-snapshot reports what is known without one.",
  );

export const needsLinux = (what: string) =>
  input(
    "needs-linux",
    `${what} needs Linux's /proc, which this system doesn't have.`,
    "Start the process with --inspect and give host:port instead of a pid.",
  );
