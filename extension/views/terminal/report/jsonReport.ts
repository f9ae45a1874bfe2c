/** Characters that JSON allows inside a string but that steer a terminal (C1 controls) or its direction. */
const steering = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** One JSON document with a newline at its end. Printing it on a terminal is safe. */
export function formatJson(document: unknown): string {
  // Outside its strings the document has none of these characters, so an escape is always valid here.
  const text = JSON.stringify(document, null, 2).replace(
    steering,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
}
