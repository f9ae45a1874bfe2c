const drivePath = /^[A-Za-z]:[\\/]/;
const urlScheme = /^[A-Za-z][A-Za-z0-9+.-]+:/;

/** True for `/a/b`, `C:\a`, `C:/a` and `\\server\share`. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith("/") || path.startsWith("\\\\") || drivePath.test(path);
}

/** True for `https://…`, `webpack://…`, `node:fs`; false for paths, also those with a drive letter. */
export function isUrl(name: string): boolean {
  return urlScheme.test(name) && !drivePath.test(name);
}

/** Decodes percent escapes; text that isn't valid percent-encoding is returned as it stands. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The local path that a `file:` URL names, with backslashes when it has a drive letter or a host, as
 * Node's `fileURLToPath` does on Windows. Everything else is returned unchanged. Written here because
 * a snapshot from Windows may be read on Linux, where Node's function would refuse the URL.
 */
export function localPath(urlOrPath: string): string {
  if (!/^file:/i.test(urlOrPath)) return urlOrPath;
  const withoutScheme = urlOrPath.slice("file:".length).replace(/[?#].*$/s, "");
  const authority = /^\/\/([^/]*)(.*)$/s.exec(withoutScheme);
  const host = authority?.[1] ?? "";
  const path = decodePercent(authority?.[2] ?? withoutScheme);
  const drive = /^\/([A-Za-z]:.*)$/s.exec(path)?.[1];
  if (drive !== undefined) return drive.replaceAll("/", "\\");
  if (host !== "" && host !== "localhost") return `\\\\${host}${path.replaceAll("/", "\\")}`;
  return path;
}

/** The `file:` URL of an absolute path. A name that is no absolute path is returned unchanged. */
export function fileUrl(path: string): string {
  if (!isAbsolutePath(path)) return path;
  // A path may contain every character that has a meaning in a URL.
  const encoded = encodeURI(path.replaceAll("\\", "/"))
    .replaceAll("#", "%23")
    .replaceAll("?", "%3F");
  if (path.startsWith("\\\\")) return `file:${encoded}`;
  return encoded.startsWith("/") ? `file://${encoded}` : `file:///${encoded}`;
}

/** `reference` as seen from `base` (path or URL); null when the two can't be joined. */
export function resolveReference(reference: string, base: string): string | null {
  if (isAbsolutePath(reference)) {
    // In the world of URLs `/x` means "from the host's root".
    if (isUrl(base) && !/^file:/i.test(base)) return joinUrl(reference, base);
    return fileUrl(reference);
  }
  if (isUrl(reference)) return reference;
  return joinUrl(reference.replaceAll("\\", "/"), fileUrl(base));
}

function joinUrl(reference: string, base: string): string | null {
  // Half of the tools write references raw and half percent-encoded: only what breaks a URL is escaped.
  const escaped = reference.replaceAll("#", "%23").replace(/%(?![0-9A-Fa-f]{2})/g, "%25");
  return URL.canParse(escaped, base) ? new URL(escaped, base).href : null;
}
