import { type Finding, severities } from "../protocol/finding.ts";
import { allRules } from "./allRules.ts";
import type { Evidence } from "./evidence.ts";

/** Runs every rule and ranks what they found: severity first, then the rules' order, then the count. */
export function findFindings(evidence: Evidence): readonly Finding[] {
  const ranked = allRules.flatMap((rule, order) =>
    [...rule.find(evidence)].map((finding) => ({ finding, order })),
  );
  ranked.sort(
    (a, b) =>
      severities.indexOf(b.finding.severity) - severities.indexOf(a.finding.severity) ||
      a.order - b.order ||
      (b.finding.count ?? 0) - (a.finding.count ?? 0),
  );
  return ranked.map(({ finding }) => finding);
}
