/** What the caller should conclude: wrong use or bad input (exit code 2), or a target out of reach (3). */
export type UserErrorKind = "input" | "target" | "internal";

/** A failure that the user can act on: what was wrong, where, and what to do next. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: string;
  readonly kind: UserErrorKind;
  readonly hint: string;

  constructor(kind: UserErrorKind, code: string, message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.hint = hint;
  }
}
