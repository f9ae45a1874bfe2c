import type { Finding } from "../protocol/finding.ts";
import type { Evidence } from "./evidence.ts";

/** A rule reads evidence and reports. It does no input or output, keeps no state and never throws. */
export interface Rule {
  readonly id: string;
  readonly summary: string;
  find(evidence: Evidence): Iterable<Finding>;
}
