import { grownCapacity, resized, trimmed } from "./growableColumn.ts";
import { RowReader } from "./rowReader.ts";
import type { SnapshotFormatError } from "./snapshotFormatError.ts";
import { outOfRange } from "./tableErrors.ts";

interface ColumnKinds {
  readonly uint32: Uint32Array;
  /** What V8 writes as unsigned comes back as the signed number that it was. */
  readonly int32: Int32Array;
  readonly float64: Float64Array;
}

/** Where a column comes from: the field's name in `meta`, and how its numbers are kept. */
export interface FieldColumn {
  readonly field: string;
  readonly kind: keyof ColumnKinds;
  /** The field is a node's offset among the node fields, as an edge's target is; what is kept is its row. */
  readonly nodes?: { readonly width: number; readonly count: number };
}

type Columns<Kinds extends Readonly<Record<string, FieldColumn>>> = {
  readonly [Name in keyof Kinds]: ColumnKinds[Kinds[Name]["kind"]];
};

const lowest = { uint32: 0, int32: -(2 ** 31), float64: Number.MIN_SAFE_INTEGER };
const highest = { uint32: 2 ** 32 - 1, int32: 2 ** 32 - 1, float64: Number.MAX_SAFE_INTEGER };

/** Gathers a section of rows of numbers of which nobody says beforehand how many there are. */
export class FieldTable<const Kinds extends Readonly<Record<string, FieldColumn>>> {
  readonly rows: RowReader;
  readonly #section: string;
  readonly #width: number;
  readonly #columns: {
    readonly name: keyof Kinds;
    readonly from: FieldColumn;
    /** Place of the field in a row. */
    readonly at: number;
    /** What is kept is the field divided by this, a whole number in these bounds. */
    readonly divisor: number;
    readonly least: number;
    readonly most: number;
    /** Numbers of 32 bits are all kept in one kind of array, signed or not: it is filled twice as fast. */
    values: Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
  }[];
  #count = 0;
  #capacity = 0;

  /** `fields` are those of `meta`; each field of `kinds` must be among them. */
  constructor(section: string, fields: readonly string[], kinds: Kinds) {
    this.#section = section;
    this.#width = fields.length;
    this.#columns = Object.entries(kinds).map(([name, from]) => ({
      ...{ name, from },
      at: fields.indexOf(from.field),
      divisor: from.nodes?.width ?? 1,
      least: lowest[from.kind],
      most: from.nodes ? from.nodes.count - 1 : highest[from.kind],
      values: from.kind === "float64" ? new Float64Array(0) : new Uint32Array(0),
    }));
    this.rows = new RowReader(section, fields.length, (numbers, rowCount, offsetOf) =>
      this.#take(numbers, rowCount, offsetOf),
    );
  }

  #take(numbers: Float64Array, rowCount: number, offsetOf: (row: number) => number): void {
    const first = this.#count;
    const width = this.#width;
    if (first + rowCount > this.#capacity) {
      this.#capacity = grownCapacity(this.#capacity, first + rowCount);
      for (const column of this.#columns) {
        column.values = resized(column.values, this.#capacity, offsetOf(0));
      }
    }
    let isWrong = false;
    for (const { at, divisor, least, most, values } of this.#columns) {
      for (let row = 0; row < rowCount; row++) {
        const value = numbers[row * width + at]! / divisor;
        isWrong ||= value < least || value > most || value !== Math.floor(value);
        values[first + row] = value;
      }
    }
    if (isWrong) throw this.#firstWrong(numbers, rowCount, offsetOf);
    this.#count = first + rowCount;
  }

  /** Looks again at a batch with something wrong in it: the fast loop only says that there is. */
  #firstWrong(
    numbers: Float64Array,
    rowCount: number,
    offsetOf: (row: number) => number,
  ): SnapshotFormatError {
    for (let row = 0; row < rowCount; row++) {
      for (const { from, at, divisor, least, most } of this.#columns) {
        const found = numbers[row * this.#width + at]!;
        const value = found / divisor;
        if (value >= least && value <= most && Number.isInteger(value)) continue;
        const reason = from.nodes ? ", where no node begins" : "";
        const problem = `has ${found} for its ${from.field}${reason}`;
        return outOfRange(this.#section, this.#count + row, problem, offsetOf(row));
      }
    }
    throw new Error("A batch of rows was called wrong, and nothing in it is.");
  }

  finish(): Columns<Kinds> & { readonly count: number } {
    const count = this.#count;
    const columns = this.#columns.map(({ name, from, values }) => {
      const kept = from.kind === "int32" ? new Int32Array(values.buffer) : values;
      return [name, trimmed(kept, count)];
    });
    return { count, ...(Object.fromEntries(columns) as Columns<Kinds>) };
  }
}
