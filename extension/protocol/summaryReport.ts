import Type, { type Static } from "typebox";
import { ClassRowSchema, ObjectRowSchema } from "./heapRows.ts";
import {
  CaptureDescriptionSchema,
  ProblemSchema,
  TargetDescriptionSchema,
  ToolSchema,
} from "./report.ts";

/** Raised when a reader of an older document could misread a newer one. */
export const summaryReportSchemaVersion = 1;

const count = (description?: string) =>
  Type.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) });
const closed = { additionalProperties: false } as const;

/** What a heap's bytes are made of; the kinds don't overlap. */
export const heapKinds = [
  "objects",
  "arrays",
  "strings",
  "code",
  "typed arrays",
  "system",
  "native",
] as const;
export type HeapKind = (typeof heapKinds)[number];

export const HeapTotalsSchema = Type.Object(
  {
    bytes: count("Sum of all shallow sizes."),
    nodes: count(),
    edges: count(),
    strings: count("Different strings that the snapshot names something by."),
    kinds: Type.Array(
      Type.Object(
        {
          kind: Type.Unsafe<HeapKind>(Type.Union(heapKinds.map((kind) => Type.Literal(kind)))),
          bytes: count(),
        },
        closed,
      ),
      { description: "As in Chrome DevTools' statistics, the largest first." },
    ),
  },
  closed,
);

export const RegistryTotalsSchema = Type.Object(
  {
    registries: count("FinalizationRegistries of the program, without Node's own."),
    internal: count("Node's own."),
    live: count("Registrations of the program whose target is alive."),
    queued: count("Registrations of the program whose callback is due."),
  },
  closed,
);

export const SummaryReportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(summaryReportSchemaVersion),
    tool: ToolSchema,
    target: TargetDescriptionSchema,
    capture: CaptureDescriptionSchema,
    heap: HeapTotalsSchema,
    registries: RegistryTotalsSchema,
    classes: Type.Object(
      {
        total: count("Classes that match the filter."),
        from: count("Place of the first row among them."),
        rows: Type.Array(ClassRowSchema),
      },
      closed,
    ),
    objects: Type.Array(ObjectRowSchema, {
      description: "Single objects that retain most, those in another one of their class left out.",
    }),
    problems: Type.Array(ProblemSchema),
  },
  { title: "Leakline heap summary", additionalProperties: false },
);

export const classSortKeys = ["retained", "shallow", "count"] as const;
export type ClassSortKey = (typeof classSortKeys)[number];

/** Which page of a heap's classes. */
export interface SummaryRequest {
  readonly sort: ClassSortKey;
  /** Only classes with this text in their names, capital or not; and so objects. */
  readonly filter: string;
  readonly from: number;
  readonly count: number;
  /** How many single objects. */
  readonly objects: number;
}

export type HeapTotals = Readonly<Static<typeof HeapTotalsSchema>>;
export type RegistryTotals = Readonly<Static<typeof RegistryTotalsSchema>>;
export type SummaryReport = Readonly<Static<typeof SummaryReportSchema>>;
