import { scenario as atBreakpoint } from "../integration/scenarios/atBreakpoint/expect.ts";
import { scenario as batch } from "../integration/scenarios/batch/expect.ts";
import { scenario as bigHeap } from "../integration/scenarios/bigHeap/expect.ts";
import { scenario as boundMethod } from "../integration/scenarios/boundMethod/expect.ts";
import { scenario as bundled } from "../integration/scenarios/bundled/expect.ts";
import { scenario as callbackCapturesTarget } from "../integration/scenarios/callbackCapturesTarget/expect.ts";
import { scenario as diesHalfWay } from "../integration/scenarios/diesHalfWay/expect.ts";
import { scenario as freshGarbage } from "../integration/scenarios/freshGarbage/expect.ts";
import { scenario as held } from "../integration/scenarios/held/expect.ts";
import { scenario as heldClosure } from "../integration/scenarios/heldClosure/expect.ts";
import { scenario as heldTarget } from "../integration/scenarios/heldTarget/expect.ts";
import { scenario as manyRegistrations } from "../integration/scenarios/manyRegistrations/expect.ts";
import { scenario as mutualPinning } from "../integration/scenarios/mutualPinning/expect.ts";
import { scenario as native } from "../integration/scenarios/native/expect.ts";
import { scenario as nativeInCallback } from "../integration/scenarios/nativeInCallback/expect.ts";
import { scenario as pThrottle } from "../integration/scenarios/pThrottle/expect.ts";
import { scenario as queuedBehindBlock } from "../integration/scenarios/queuedBehindBlock/expect.ts";
import { scenario as running } from "../integration/scenarios/running/expect.ts";
import { scenario as runningForms } from "../integration/scenarios/runningForms/expect.ts";
import { scenario as siblingContext } from "../integration/scenarios/siblingContext/expect.ts";
import { scenario as starved } from "../integration/scenarios/starved/expect.ts";
import { scenario as typeStripping } from "../integration/scenarios/typeStripping/expect.ts";
import { scenario as workerBlocked } from "../integration/scenarios/workerBlocked/expect.ts";
import type { Scenario } from "./scenario.ts";

/** By the name of their folder. A scenario that is not in this list is run by nobody. */
export const allScenarios = {
  atBreakpoint,
  batch,
  bigHeap,
  boundMethod,
  bundled,
  callbackCapturesTarget,
  diesHalfWay,
  freshGarbage,
  held,
  heldClosure,
  heldTarget,
  manyRegistrations,
  mutualPinning,
  native,
  nativeInCallback,
  pThrottle,
  queuedBehindBlock,
  running,
  runningForms,
  siblingContext,
  starved,
  typeStripping,
  workerBlocked,
} as const satisfies Readonly<Record<string, Scenario>>;
