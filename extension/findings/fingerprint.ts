import type { FindingKind } from "../protocol/finding.ts";
import type { SourcePosition } from "../protocol/sourcePosition.ts";

/**
 * Names a finding by its cause: the same from run to run while the line stays, whatever the counts,
 * ages and process ids are. FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
 */
export function fingerprint(
  kind: FindingKind,
  threadId: number,
  position: SourcePosition | null,
  distinction = "",
): string {
  const place = position ? `${position.file}:${position.line}:${position.column}` : "";
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(`${kind}|${threadId}|${place}|${distinction}`)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return `${kind}-${hash.toString(16).padStart(16, "0")}`;
}
