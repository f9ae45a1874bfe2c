import Type, { type Static } from "typebox";
import { SourcePositionSchema } from "./sourcePosition.ts";

/** The states of a registration, in order of precedence: the first that applies is its state. */
export const verdicts = [
  "running",
  "threw",
  "unsettled",
  "abandoned",
  "orphaned",
  "queued",
  "starved",
  "collectable",
  "self-retained",
  "piling-up",
  "held",
  "done",
] as const;
export type Verdict = (typeof verdicts)[number];

/** What a finding can say: a verdict, `unknown` where the evidence can't decide, or another kind of leak. */
export const findingKinds = [...verdicts, "unknown", "growth", "suspended", "misuse"] as const;
export type FindingKind = (typeof findingKinds)[number];

export const severities = ["info", "warning", "error"] as const;
export type Severity = (typeof severities)[number];

export const confidences = ["certain", "likely", "possible"] as const;

const literals = <const Values extends readonly string[]>(values: Values) =>
  Type.Unsafe<Values[number]>(Type.Union(values.map((value) => Type.Literal(value))));

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** One frame of a stack. `internal` frames belong to Node or V8; they are marked, never dropped. */
export const StackFrameSchema = Type.Object(
  {
    position: nullable(SourcePositionSchema),
    function: nullable(Type.String()),
    internal: Type.Boolean(),
    async: Type.Boolean({
      description: "True for a caller that awaits, which is not on the stack itself.",
    }),
  },
  { additionalProperties: false },
);

/** One step of a retaining path. Names only: string contents of the heap never appear here. */
export const PathStepSchema = Type.Object(
  {
    from: Type.String({ description: "Class or kind of the object that holds." }),
    edge: Type.String({ description: "Property, variable or element through which it holds." }),
    to: Type.String({ description: "Class or kind of the object that is held." }),
    position: nullable(SourcePositionSchema),
  },
  { additionalProperties: false },
);

export const RegisterSiteSchema = Type.Object(
  {
    position: SourcePositionSchema,
    count: nullable(
      Type.Integer({
        minimum: 0,
        description: "Registrations made at this line; null when not known.",
      }),
    ),
    certainty: literals(["exact", "candidate"]),
  },
  { additionalProperties: false },
);

export const QueuedRegistrySchema = Type.Object(
  {
    callback: nullable(SourcePositionSchema),
    registrations: Type.Integer({ minimum: 0 }),
    internal: Type.Boolean({ description: "True for a registry that Node itself made." }),
  },
  { additionalProperties: false },
);

export const BlocksSchema = Type.Object(
  {
    registries: nullable(Type.Integer({ minimum: 0 })),
    registrations: nullable(Type.Integer({ minimum: 0 })),
    retainedBytes: nullable(
      Type.Integer({
        minimum: 0,
        description: "What the waiting callbacks of the user's registries set free, together.",
      }),
    ),
    byRegistry: Type.Array(QueuedRegistrySchema),
  },
  { additionalProperties: false },
);

export const BatchSchema = Type.Object(
  {
    callbacksSeen: Type.Integer({
      minimum: 0,
      description: "Callbacks that finished while we watched.",
    }),
    callbacksLeft: nullable(Type.Integer({ minimum: 0 })),
    millisecondsEach: nullable(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);

export const FindingSchema = Type.Object(
  {
    id: Type.String({ description: "Fingerprint, the same from run to run for the same cause." }),
    kind: literals(findingKinds),
    severity: literals(severities),
    confidence: literals(confidences),
    title: Type.String(),
    reason: nullable(Type.String({ description: "Which evidence decided, or why it could not." })),
    attributes: Type.Array(literals(verdicts), {
      description: "Verdicts that apply as well but come later in the order of precedence.",
    }),
    threadId: Type.Integer({ minimum: 0, description: "0 is the main thread." }),
    count: nullable(
      Type.Integer({ minimum: 0, description: "Registrations (or other things) with this cause." }),
    ),
    retainedBytes: nullable(
      Type.Integer({
        minimum: 0,
        description:
          "Held: the targets' retained sizes, as in Chrome DevTools, nested ones counted once. Self-retained: the targets and all they hold that no ordinary code holds. Queued and collectable: what the callbacks set free, the registrations and what only their held values hold. Null where nothing is exact.",
      }),
    ),
    sinceMs: nullable(
      Type.Number({ minimum: 0, description: "Age in milliseconds at the time of the reading." }),
    ),
    sinceIsLowerBound: Type.Boolean(),
    batch: nullable(BatchSchema),
    callback: nullable(SourcePositionSchema),
    registeredAt: Type.Array(RegisterSiteSchema),
    blockedBy: nullable(Type.String({ description: "id of the finding that blocks this one." })),
    blocks: nullable(BlocksSchema),
    stack: Type.Array(StackFrameSchema),
    asyncStack: Type.Array(StackFrameSchema),
    path: Type.Array(PathStepSchema),
    advice: Type.String(),
  },
  { additionalProperties: false },
);

export type StackFrame = Readonly<Static<typeof StackFrameSchema>>;
export type PathStep = Readonly<Static<typeof PathStepSchema>>;
export type RegisterSite = Readonly<Static<typeof RegisterSiteSchema>>;
export type QueuedRegistry = Readonly<Static<typeof QueuedRegistrySchema>>;
export type Blocks = Readonly<Static<typeof BlocksSchema>>;
export type Batch = Readonly<Static<typeof BatchSchema>>;
export type Finding = Readonly<Static<typeof FindingSchema>>;
