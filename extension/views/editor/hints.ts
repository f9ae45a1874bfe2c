import type { UserError } from "../../protocol/errors.ts";

/** Failures name the command line's options; in the editor the same things are settings and commands. */
const wordings: readonly (readonly [RegExp, string])[] = [
  [
    /Run leakline blocked without a TARGET to see the Node processes that are running\./,
    "Leakline: Attach to Node process… lists the Node processes that are running.",
  ],
  [
    /leakline snapshot, v8\.writeHeapSnapshot/,
    "Leakline: Take heap snapshot, v8.writeHeapSnapshot",
  ],
  [/Read it instead: leakline blocked FILE\./, "Read it with Leakline: Open heap snapshot."],
  [/a longer --timeout/g, "a longer leakline.answerDeadline (settings)"],
  [/Choose another place with -o FILE\./, "Choose another folder: leakline.snapshotFolder."],
  [
    /; blocked --no-snapshot reports what is known without one/,
    "; the side bar shows what is known without one",
  ],
  [/Run the command again/, "Run the command again (the editor starts a new analysis process)"],
];

/** What was wrong and what to do next, in the editor's words. */
export const failureText = ({ message, hint }: Pick<UserError, "message" | "hint">): string =>
  `${message} ${hintText(hint)}`.trim();

/** A hint in the editor's words. */
export const hintText = (hint: string): string =>
  wordings.reduce((text, [pattern, words]) => text.replace(pattern, words), hint);
