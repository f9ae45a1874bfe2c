import type { Finding } from "../../protocol/finding.ts";

/** A finding that the user has looked at and does not want to see among the others any more. */
export interface IgnoredFinding {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Why a finding is ignored, or null when it isn't. */
export type IgnoreReason = (finding: Finding) => string | null;

/** By the user's own word first, then by the setting. */
export function createIgnoreReason(
  ignored: readonly IgnoredFinding[],
  patterns: readonly string[],
): IgnoreReason {
  const byId = new Map(ignored.map((one) => [one.id, one.reason]));
  const matchers = patterns.map((pattern) => ({ pattern, matches: matcherOf(pattern) }));
  return (finding) => {
    const own = byId.get(finding.id);
    if (own !== undefined) return own;
    const { callback } = finding;
    if (!callback) return null;
    const found = matchers.find(
      ({ matches }) =>
        (callback.function !== null && matches(callback.function)) ||
        matches(callback.file) ||
        matches(`${callback.file}:${callback.line}`),
    );
    return found ? `the setting leakline.ignoredRegistries has ${found.pattern}` : null;
  };
}

/** `*` stands for anything; a pattern without a slash may name a callback, one with it the end of a path. */
function matcherOf(pattern: string): (text: string) => boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const whole = new RegExp(`^(?:.*[/\\\\])?${source}$`);
  return (text) => whole.test(text);
}

/** What was stored by an earlier session: anything that isn't an ignored finding is left out. */
export function parseIgnored(stored: unknown): readonly IgnoredFinding[] {
  if (!Array.isArray(stored)) return [];
  return stored.filter(
    (one): one is IgnoredFinding =>
      typeof one === "object" &&
      one !== null &&
      ["id", "title", "reason", "since"].every((key) => typeof one[key] === "string"),
  );
}
