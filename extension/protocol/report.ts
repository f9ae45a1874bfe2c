import Type, { type Static } from "typebox";
import { FindingSchema, StackFrameSchema } from "./finding.ts";
import { SourcePositionSchema } from "./sourcePosition.ts";

/** Raised when a reader of an older report could misread a newer one. */
export const reportSchemaVersion = 1;

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const TargetDescriptionSchema = Type.Object(
  {
    kind: Type.Union([Type.Literal("process"), Type.Literal("file")]),
    label: Type.String({ description: "What the user asked for, as it is shown." }),
    pid: nullable(Type.Integer()),
    address: nullable(Type.String({ description: "host:port of the inspector." })),
    file: nullable(Type.String()),
    command: nullable(Type.String()),
    nodeVersion: nullable(Type.String()),
    inspectorOpenedByLeakline: Type.Boolean(),
  },
  { additionalProperties: false },
);

/** How this reading was taken, so that it can be judged and repeated. */
export const CaptureDescriptionSchema = Type.Object(
  {
    level: Type.Union([Type.Literal("look"), Type.Literal("capture"), Type.Literal("file")]),
    reading: Type.Integer({ minimum: 1 }),
    takenAt: Type.String({ description: "ISO 8601 time." }),
    stackAnsweredBy: nullable(Type.String()),
    snapshotAnsweredBy: nullable(Type.String()),
    pauseMs: nullable(Type.Number({ minimum: 0 })),
    snapshotBytes: nullable(Type.Integer({ minimum: 0 })),
    heapBytes: nullable(Type.Integer({ minimum: 0 })),
    estimatedPauseMs: nullable(Type.Number({ minimum: 0 })),
    estimatedMemoryBytes: nullable(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

export const threadStates = ["idle", "busy", "stuck", "paused", "native", "unknown"] as const;
export type ThreadState = (typeof threadStates)[number];

export const ThreadDescriptionSchema = Type.Object(
  {
    threadId: Type.Integer({ minimum: 0, description: "0 is the main thread." }),
    name: Type.String(),
    state: Type.Unsafe<ThreadState>(Type.Union(threadStates.map((state) => Type.Literal(state)))),
    detail: nullable(Type.String()),
    sinceMs: nullable(Type.Number({ minimum: 0 })),
    stack: Type.Array(StackFrameSchema),
  },
  { additionalProperties: false },
);

export const RegistryDescriptionSchema = Type.Object(
  {
    threadId: Type.Integer({ minimum: 0, description: "0 is the main thread." }),
    name: nullable(Type.String({ description: "Name of the cleanup callback." })),
    callback: nullable(SourcePositionSchema),
    createdAt: nullable(SourcePositionSchema),
    internal: Type.Boolean({ description: "True for a registry that Node itself made." }),
    live: Type.Integer({ minimum: 0 }),
    queued: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);

export const ProblemSchema = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    hint: Type.String(),
  },
  { additionalProperties: false },
);

export const ToolSchema = Type.Object(
  { name: Type.Literal("leakline"), version: Type.String() },
  { additionalProperties: false },
);

export const ReportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(reportSchemaVersion),
    tool: ToolSchema,
    target: TargetDescriptionSchema,
    capture: CaptureDescriptionSchema,
    threads: Type.Array(ThreadDescriptionSchema),
    registries: Type.Array(RegistryDescriptionSchema),
    findings: Type.Array(FindingSchema),
    problems: Type.Array(ProblemSchema),
  },
  { title: "Leakline report", additionalProperties: false },
);

export type TargetDescription = Readonly<Static<typeof TargetDescriptionSchema>>;
export type CaptureDescription = Readonly<Static<typeof CaptureDescriptionSchema>>;
export type ThreadDescription = Readonly<Static<typeof ThreadDescriptionSchema>>;
export type RegistryDescription = Readonly<Static<typeof RegistryDescriptionSchema>>;
export type Problem = Readonly<Static<typeof ProblemSchema>>;
export type Report = Readonly<Static<typeof ReportSchema>>;
