import type { Rule } from "./rule.ts";
import { collectable } from "./rules/collectable.rule.ts";
import { held } from "./rules/held.rule.ts";
import { neverResumed } from "./rules/neverResumed.rule.ts";
import { queued } from "./rules/queued.rule.ts";
import { running } from "./rules/running.rule.ts";
import { selfRetained } from "./rules/selfRetained.rule.ts";
import { starved } from "./rules/starved.rule.ts";
import { undecidedRegistration } from "./rules/undecidedRegistration.rule.ts";
import { undecidedThread } from "./rules/undecidedThread.rule.ts";

/** In the order in which findings of equal severity are shown: causes before their consequences. */
export const allRules: readonly Rule[] = [
  running,
  starved,
  undecidedThread,
  selfRetained,
  queued,
  collectable,
  undecidedRegistration,
  held,
  neverResumed,
];
