import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { NumberArray } from "./numberArray.ts";
import type { LocationColumns } from "./snapshotColumns.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import { brokenRow, outOfRange } from "./tableErrors.ts";

/** Gathers the `locations` section; the header says nothing about how many there are. */
export class LocationTable {
  readonly numbers: NumberArray;
  readonly #header: SnapshotHeader;
  #count = 0;
  #row = new Uint32Array(0);
  #scriptId = new Int32Array(0);
  #line = new Int32Array(0);
  #column = new Int32Array(0);

  constructor(header: SnapshotHeader) {
    this.#header = header;
    const width = Math.max(1, header.locationFields.length);
    this.numbers = new NumberArray("locations", width, (batch, count, offset) =>
      this.#take(batch, count, offset),
    );
  }

  #take(batch: Float64Array, count: number, byteOffset: number): void {
    const { locationFields, nodeFields, nodeCount } = this.#header;
    const width = locationFields.length;
    // Without field names nobody can say what the numbers mean: the snapshot is read without positions.
    if (width === 0) return;
    if (count % width !== 0) throw brokenRow("locations", byteOffset);
    const objectAt = locationFields.indexOf("object_index");
    const scriptAt = locationFields.indexOf("script_id");
    const lineAt = locationFields.indexOf("line");
    const columnAt = locationFields.indexOf("column");
    this.#makeRoom(this.#count + count / width);
    for (let at = 0; at < count; at += width) {
      const row = batch[at + objectAt]! / nodeFields.length;
      if (!Number.isInteger(row) || row < 0 || row >= nodeCount) {
        const problem = `is of ${batch[at + objectAt]}, where no node begins`;
        throw outOfRange("locations", this.#count, problem, byteOffset);
      }
      const location = this.#count++;
      this.#row[location] = row;
      this.#scriptId[location] = batch[at + scriptAt]!;
      this.#line[location] = batch[at + lineAt]!;
      this.#column[location] = batch[at + columnAt]!;
    }
  }

  finish(): LocationColumns {
    const count = this.#count;
    return {
      count,
      row: trimmed(this.#row, count),
      scriptId: trimmed(this.#scriptId, count),
      line: trimmed(this.#line, count),
      column: trimmed(this.#column, count),
    };
  }

  #makeRoom(needed: number): void {
    const used = this.#row.length;
    if (needed <= used) return;
    const capacity = grownCapacity(used, needed, 0);
    this.#row = resized(this.#row, capacity);
    this.#scriptId = resized(this.#scriptId, capacity);
    this.#line = resized(this.#line, capacity);
    this.#column = resized(this.#column, capacity);
  }
}
