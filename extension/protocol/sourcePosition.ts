import Type, { type Static } from "typebox";

/** A place in a file as a person counts: line and column begin at 1. */
export const GeneratedPositionSchema = Type.Object(
  {
    file: Type.String({ description: "Path or URL of the file that runs." }),
    line: Type.Integer({ minimum: 1 }),
    column: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);

/**
 * A place in the user's source. When a source map exists, `file`, `line` and `column` are the
 * original's and `generated` is where the running code stands.
 */
export const SourcePositionSchema = Type.Object(
  {
    file: Type.String({ description: "Absolute path when the file is local, else the URL." }),
    line: Type.Integer({ minimum: 1 }),
    column: Type.Integer({ minimum: 1 }),
    function: Type.Union([Type.String(), Type.Null()], {
      description: "Name of the function at this place, null when it has none.",
    }),
    generated: Type.Optional(GeneratedPositionSchema),
  },
  { additionalProperties: false },
);

export type SourcePosition = Readonly<Static<typeof SourcePositionSchema>>;
