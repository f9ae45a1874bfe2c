import type { NodeRow } from "./heapGraph.ts";

/** One registration, as V8 keeps it: a `system / WeakCell`. */
export interface Cell {
  readonly row: NodeRow;
  readonly objectId: number;
  /** Null when the target is collected. */
  readonly target: NodeRow | null;
  /** Null for a held value without a place in the heap (undefined, null, true, false, small integers). */
  readonly heldValue: NodeRow | null;
  /** Null without an unregister token, or when the token is collected. */
  readonly token: NodeRow | null;
}

/** Registrations of one registry, in the order of V8's list (newest first). Stored as columns. */
export interface CellList extends Iterable<Cell> {
  readonly count: number;
  at(index: number): Cell;
}

const none = -1;

/** Gathers cells; one registry may have millions of them. */
export class CellColumns implements CellList {
  count = 0;
  readonly #nodeId: Uint32Array;
  /** Four entries for each cell: row, target, held value, token. */
  #rows = new Int32Array(64);

  constructor(nodeId: Uint32Array) {
    this.#nodeId = nodeId;
  }

  add(row: number, target: number, heldValue: number, token: number): void {
    const at = this.count * 4;
    if (at === this.#rows.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows[at] = row;
    this.#rows[at + 1] = target;
    this.#rows[at + 2] = heldValue;
    this.#rows[at + 3] = token;
    this.count++;
  }

  at(index: number): Cell {
    if (index < 0 || index >= this.count) throw new RangeError(`There is no cell ${index}.`);
    const at = index * 4;
    const row = this.#rows[at]! as NodeRow;
    return {
      row,
      objectId: this.#nodeId[row]!,
      target: rowOrNull(this.#rows[at + 1]!),
      heldValue: rowOrNull(this.#rows[at + 2]!),
      token: rowOrNull(this.#rows[at + 3]!),
    };
  }

  *[Symbol.iterator](): Iterator<Cell> {
    for (let index = 0; index < this.count; index++) yield this.at(index);
  }
}

function rowOrNull(row: number): NodeRow | null {
  return row === none ? null : (row as NodeRow);
}
