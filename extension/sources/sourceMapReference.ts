// The line form runs to the end of the line, not to the first space: file names have spaces. A quote on
// that line means that the comment is part of a string, as in a bundler's own code.
const lineForm =
  /\/\/[#@][ \t]*sourceMappingURL=([^\r\n\u2028\u2029'"`]+)(?=[\r\n\u2028\u2029]|$)/g;
const blockForm = /\/\*[#@][ \t]*sourceMappingURL=([^*'"`]*?)[ \t]*\*\//g;

/** The URL in a script's last `sourceMappingURL` comment (`//#`, `//@` or in block form), or null. */
export function sourceMapReference(text: string): string | null {
  // Scripts of many megabytes without a map are common, and an indexed search is cheaper than a regex.
  if (!text.includes("sourceMappingURL=")) return null;
  let last: { index: number; url: string } | null = null;
  for (const form of [lineForm, blockForm]) {
    for (const match of text.matchAll(form)) {
      const url = match[1]?.trim() ?? "";
      if (url !== "" && (last === null || match.index > last.index)) {
        last = { index: match.index, url };
      }
    }
  }
  return last?.url ?? null;
}

/** The text in a `data:` URL (base64 or percent-encoded), null when it isn't valid. */
export function dataUrlText(url: string): string | null {
  const match = /^data:([^,]*),(.*)$/s.exec(url);
  const header = match?.[1];
  const body = match?.[2];
  if (header === undefined || body === undefined) return null;
  try {
    const unescaped = decodeURIComponent(body);
    if (!/;\s*base64\s*$/i.test(header)) return unescaped;
    const bytes = Uint8Array.from(atob(unescaped), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    // A damaged map must not cost the user the finding: the generated position is shown instead.
    return null;
  }
}
