/** Control characters, line and paragraph separators, direction overrides, lone surrogates. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

/**
 * The text with everything escaped that could steer a terminal or break a line. Names in a heap are
 * chosen by whoever feeds the inspected program, so none of them may reach a terminal as it is.
 */
export function printable(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

/** Plain data with each string in it made printable; keys are ours and stay. */
export function printableData<Data>(data: Data): Data {
  return mapStrings(data) as Data;
}

function mapStrings(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(mapStrings);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapStrings(inner)]));
}
