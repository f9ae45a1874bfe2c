import Type, { type Static } from "typebox";
import { FindingSchema, PathStepSchema } from "./finding.ts";
import {
  CaptureDescriptionSchema,
  ProblemSchema,
  TargetDescriptionSchema,
  ToolSchema,
} from "./report.ts";
import { SourcePositionSchema } from "./sourcePosition.ts";

/** Raised when a reader of an older document could misread a newer one. */
export const asyncReportSchemaVersion = 1;

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const literals = <const Values extends readonly string[]>(values: Values) =>
  Type.Unsafe<Values[number]>(Type.Union(values.map((value) => Type.Literal(value))));
const closed = { additionalProperties: false } as const;

export const asyncFrameKinds = [
  "await",
  "yield",
  "then",
  "finally",
  "Promise.all",
  "Promise.allSettled",
  "Promise.any",
  "Promise.race",
] as const;

export const wakerKinds = [
  "timer",
  "immediate",
  "listener",
  "native",
  "queue",
  "object",
  "suspended function",
  "caller",
  "nothing",
] as const;

export const settledByKinds = ["program", "suspended functions", "nothing"] as const;

/** What a suspended function keeps alive. */
export const AsyncVariableSchema = Type.Object(
  {
    name: nullable(
      Type.String({ description: "Null for a value that only its register in the function says." }),
    ),
    value: Type.String({ description: "Class or kind of the value, never its contents." }),
    objectId: Type.Integer({ minimum: 0 }),
    shallowBytes: Type.Integer({ minimum: 0 }),
    retainedBytes: Type.Integer({ minimum: 0 }),
  },
  closed,
);

export const AsyncFrameSchema = Type.Object(
  {
    kind: literals(asyncFrameKinds),
    function: nullable(Type.String()),
    position: nullable(SourcePositionSchema),
    awaits: Type.Array(
      Type.Object({ position: SourcePositionSchema, seen: Type.Integer({ minimum: 1 }) }, closed),
      {
        description:
          "Where the functions stand, of those that the process was asked about, the commonest first. Empty for a file.",
      },
    ),
    internal: Type.Boolean({ description: "True for a function of Node or of the language." }),
    waiting: Type.Integer({ minimum: 0, description: "Functions suspended at this frame." }),
    repeated: Type.Integer({
      minimum: 1,
      description: "How often the frame stands here one behind the other.",
    }),
    variables: Type.Array(AsyncVariableSchema, {
      description: "Of one of the functions, those that retain most first.",
    }),
  },
  closed,
);

export const WakerSchema = Type.Object(
  {
    kind: literals(wakerKinds),
    label: Type.String(),
    path: Type.Array(PathStepSchema, {
      description: "From a root to what settles the promise that one of the stacks waits for.",
    }),
  },
  closed,
);

export const AsyncGroupSchema = Type.Object(
  {
    id: Type.String({ description: "Fingerprint, the same from run to run for the same stack." }),
    threadId: Type.Integer({ minimum: 0, description: "0 is the main thread." }),
    count: Type.Integer({ minimum: 1, description: "Stacks like this one." }),
    functions: Type.Integer({ minimum: 0, description: "Suspended functions in all of them." }),
    retainedBytes: Type.Integer({
      minimum: 0,
      description: "Retained sizes of the suspended functions, nested ones counted once.",
    }),
    frames: Type.Array(AsyncFrameSchema, { description: "Innermost first." }),
    waitsFor: WakerSchema,
    promises: Type.Integer({ minimum: 0, description: "Promises that the stacks wait for." }),
    settledBy: literals(settledByKinds),
    isCycle: Type.Boolean({ description: "The frames wait for each other in a circle." }),
    hasMore: Type.Boolean({
      description: "More functions wait for the outermost frame than are told apart.",
    }),
    internal: Type.Boolean({ description: "True when every frame is of Node or the language." }),
  },
  closed,
);

export const AsyncStackSchema = Type.Object(
  {
    group: Type.String({ description: "id of the group." }),
    frames: Type.Array(
      Type.Object(
        {
          kind: literals(asyncFrameKinds),
          function: nullable(Type.String()),
          position: nullable(SourcePositionSchema),
          internal: Type.Boolean(),
          objectId: nullable(Type.Integer({ minimum: 0 })),
          retainedBytes: Type.Integer({ minimum: 0 }),
          variables: Type.Array(AsyncVariableSchema),
        },
        closed,
      ),
    ),
  },
  closed,
);

export const AsyncReportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(asyncReportSchemaVersion),
    tool: ToolSchema,
    target: TargetDescriptionSchema,
    capture: CaptureDescriptionSchema,
    suspendedFunctions: Type.Integer({ minimum: 0 }),
    retainedBytes: Type.Integer({
      minimum: 0,
      description: "What all suspended functions retain together.",
    }),
    groups: Type.Array(AsyncGroupSchema, { description: "Those with most stacks first." }),
    stacks: Type.Array(AsyncStackSchema, { description: "One by one; empty unless asked for." }),
    findings: Type.Array(FindingSchema),
    problems: Type.Array(ProblemSchema),
  },
  { title: "Leakline asynchronous stacks", additionalProperties: false },
);

export type AsyncVariable = Readonly<Static<typeof AsyncVariableSchema>>;
export type AsyncFrameDescription = Readonly<Static<typeof AsyncFrameSchema>>;
export type WakerDescription = Readonly<Static<typeof WakerSchema>>;
export type AsyncGroupDescription = Readonly<Static<typeof AsyncGroupSchema>>;
export type AsyncStack = Readonly<Static<typeof AsyncStackSchema>>;
export type AsyncReport = Readonly<Static<typeof AsyncReportSchema>>;
