import type { Finding } from "../../../protocol/finding.ts";

/** How one finding of a report refers to another. */
export interface FindingLinks {
  /** `#2 `, or nothing when the finding is the only one. */
  label(id: string): string;
  /** `#2 running closeSession`. */
  name(id: string): string;
  /** Ids of the findings that this one blocks. */
  blockedBy(id: string): readonly string[];
}

export function linkFindings(findings: readonly Finding[]): FindingLinks {
  const numbers = new Map(findings.map(({ id }, index) => [id, `#${index + 1}`]));
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return {
    label: (id) => (findings.length > 1 ? `${numbers.get(id)} ` : ""),
    name(id) {
      const finding = byId.get(id);
      if (!finding) return "something that this reading did not see";
      const callback = finding.callback?.function;
      return `${numbers.get(id)} ${finding.kind}${callback ? ` ${callback}` : ""}`;
    },
    blockedBy: (id) => findings.filter(({ blockedBy }) => blockedBy === id).map((each) => each.id),
  };
}
