import Type, { type Static } from "typebox";
import { SourcePositionSchema } from "./sourcePosition.ts";

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const bytes = (description: string) => Type.Integer({ minimum: 0, description });
const closed = { additionalProperties: false } as const;

const distance = nullable(
  Type.Integer({
    minimum: 0,
    description:
      "Edges from the user's roots, as in Chrome DevTools; null where only V8 itself or nothing leads.",
  }),
);

/** One row of the summary: all objects of a class. */
export const ClassRowSchema = Type.Object(
  {
    name: Type.String({
      description: "As in Chrome DevTools: a constructor's, `(string)`, `{name, size}` and so on.",
    }),
    position: nullable(SourcePositionSchema),
    count: Type.Integer({ minimum: 1 }),
    distance,
    shallowBytes: bytes("Sum of the objects' own sizes."),
    retainedBytes: bytes(
      "Sum of retained sizes; what an object of the same class dominates counts once.",
    ),
  },
  closed,
);

/** One object. Names only: string contents of the heap never appear here. */
export const ObjectRowSchema = Type.Object(
  {
    objectId: Type.Integer({ minimum: 0, description: "V8's number of the object." }),
    name: Type.String({ description: "What it is: `class Row`, `function get()`, `Map`." }),
    className: Type.String(),
    position: nullable(SourcePositionSchema),
    distance,
    shallowBytes: bytes("Its own size."),
    retainedBytes: bytes("Its size and that of all that is kept alive by it alone."),
  },
  closed,
);

export type ClassRow = Readonly<Static<typeof ClassRowSchema>>;
export type ObjectRow = Readonly<Static<typeof ObjectRowSchema>>;
