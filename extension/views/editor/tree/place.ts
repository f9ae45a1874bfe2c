import type { SourcePosition } from "../../../protocol/sourcePosition.ts";

/** `rowStore.ts:14`: the side bar is narrow. */
export const shortPlace = ({ file, line }: Pick<SourcePosition, "file" | "line">): string =>
  `${fileName(file)}:${line}`;

/** `/srv/app/rowStore.ts:14:47 (freeHandle)`. */
export function fullPlace({ file, line, column, function: name }: SourcePosition): string {
  const place = `${file}:${line}:${column}`;
  return name ? `${place} (${name})` : place;
}

const fileName = (file: string): string => file.split(/[\\/]/).at(-1) || file;

/** `freeHandle`, or what stands for a function without a name. */
export const functionName = (position: SourcePosition | null, name: string | null = null): string =>
  position?.function ?? name ?? "(anonymous)";

export const threadName = (threadId: number): string =>
  threadId === 0 ? "" : `worker ${threadId}`;
