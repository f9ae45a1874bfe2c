import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

interface Row {
  readonly id: number;
}

let rows: Row[] = [];
let freed = 0;

const registry = new FinalizationRegistry<number>((id) => {
  freed += id > 0 ? 1 : 0;
});

export function openRows(count: number): void {
  for (let id = 1; id <= count; id++) {
    const row: Row = { id };
    registry.register(row, id); /* BYSTANDER_REGISTER */
    rows.push(row);
  }
}

export function dropRows(): number {
  const dropped = rows.length;
  rows = [];
  return dropped - freed;
}

setFlagsFromString("--expose-gc");
export const collect = runInNewContext("gc") as () => void;
