/** Reads one JSON value in chunks cut anywhere. */
export interface ValueReader {
  /**
   * Reads on from the index `from`; `chunkOffset` is the chunk's place in the file, for messages. Returns the index
   * behind the value, or -1 when the chunk ended first. Throws SnapshotFormatError. The chunk may be
   * overwritten afterwards.
   */
  push(chunk: Uint8Array, from: number, chunkOffset: number): number;
}
