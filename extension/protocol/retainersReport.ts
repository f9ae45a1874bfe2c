import Type, { type Static } from "typebox";
import { PathStepSchema } from "./finding.ts";
import { ClassRowSchema, ObjectRowSchema } from "./heapRows.ts";
import {
  CaptureDescriptionSchema,
  ProblemSchema,
  TargetDescriptionSchema,
  ToolSchema,
} from "./report.ts";
import { SourcePositionSchema } from "./sourcePosition.ts";

/** Raised when a reader of an older document could misread a newer one. */
export const retainersReportSchemaVersion = 1;

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const count = (description?: string) =>
  Type.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) });
const closed = { additionalProperties: false } as const;

/** A way in which objects are held, from a root on. */
export const HoldingPathSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 1, description: "Objects that are held in this way." }),
    retainedBytes: count("Their retained sizes, nested ones counted once."),
    objectId: count("The object that the steps lead to."),
    steps: Type.Array(
      Type.Object(
        {
          ...PathStepSchema.properties,
          objectId: nullable(count("V8's number of the object that is held.")),
        },
        closed,
      ),
    ),
  },
  closed,
);

/** Who holds: a row of a tree, in which the holders of a row stand behind it and one level deeper. */
export const RetainerRowSchema = Type.Object(
  {
    depth: Type.Integer({ minimum: 1, description: "1 for those that hold what was asked about." }),
    edge: Type.String({ description: "Property, variable or element through which it holds." }),
    holder: Type.String({ description: "What holds, in words; of several their class." }),
    objectId: nullable(count("Null for several.")),
    position: Type.Union([SourcePositionSchema, Type.Null()], {
      description: "Of a function that holds, or whose scope does.",
    }),
    holders: Type.Integer({ minimum: 1 }),
    held: Type.Integer({ minimum: 1, description: "How many of the row above they hold." }),
    distance: ObjectRowSchema.properties.distance,
    retainedBytes: count("Of the holders, nested ones counted once."),
    isRepeated: Type.Boolean({
      description: "It stands on the way here already, and its holders are not repeated.",
    }),
    hiddenHolders: count("Holders of this row that are left out."),
  },
  closed,
);

export const RetainersReportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(retainersReportSchemaVersion),
    tool: ToolSchema,
    target: TargetDescriptionSchema,
    capture: CaptureDescriptionSchema,
    object: nullable(ObjectRowSchema),
    classes: Type.Array(ClassRowSchema, {
      description: "The classes of the name that was asked for; empty for an object.",
    }),
    paths: Type.Object(
      {
        total: nullable(
          count("Ways in which the objects of a class are held; null for an object."),
        ),
        from: count(),
        hasMore: Type.Boolean(),
        rows: Type.Array(HoldingPathSchema),
        untold: count("Objects of a class in further ways, which are too many to tell apart."),
        unheld: count("Objects that nothing but weak references and bookkeeping leads to."),
      },
      closed,
    ),
    retainers: Type.Object(
      {
        total: count("Rows of depth 1 in all."),
        from: count(),
        weak: count("Weak references, which keep nothing alive and are left out."),
        rows: Type.Array(RetainerRowSchema),
      },
      closed,
    ),
    dominators: Type.Object(
      {
        total: count(),
        rows: Type.Array(ObjectRowSchema, {
          description:
            "Every way from a root leads through these, the nearest first; without the root.",
        }),
      },
      closed,
    ),
    problems: Type.Array(ProblemSchema),
  },
  { title: "Leakline retainers", additionalProperties: false },
);

/** How much of what holds an object, or the objects of a class, is told. */
export interface RetainersRequest {
  /** Levels of the tree of retainers. */
  readonly depth: number;
  /** Rows of each level: of the first from the `from`th on, of the others the first ones. */
  readonly from: number;
  readonly count: number;
  readonly pathsFrom: number;
  readonly pathCount: number;
}

export type HoldingPath = Readonly<Static<typeof HoldingPathSchema>>;
export type RetainerRow = Readonly<Static<typeof RetainerRowSchema>>;
export type RetainersReport = Readonly<Static<typeof RetainersReportSchema>>;
