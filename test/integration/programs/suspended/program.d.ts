/** Types for the programs that are TypeScript. */
interface Frame {
  readonly kind: string;
  readonly function: string | null;
}

interface FrameOptions {
  readonly waiting?: number;
  readonly repeated?: number;
  readonly mark?: string | readonly string[];
  readonly begin?: string;
}

type MakeFrame = (name: string | null, options?: FrameOptions) => Frame;

export declare const longMs: number;

export declare function sourceOf(
  url: URL,
): Readonly<Record<"awaiting" | "yielding" | "then" | "finally", MakeFrame>>;

export declare function expectGroups(
  groups: readonly {
    readonly frames: readonly Frame[];
    readonly count?: number;
    readonly waitsFor: readonly [kind: string, label: string];
  }[],
): void;
