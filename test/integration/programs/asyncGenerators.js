import { setImmediate as nextTurn } from "node:timers/promises";
import { workSteadily } from "./program.js";

/** Thousands of suspended async functions and generators, and promises that settle late. */
async function* numbers(count) {
  for (let number = 0; number < count; number++) {
    yield number;
    if (number % 50 === 0) await nextTurn();
  }
}

async function sumOf(count) {
  let sum = 0;
  for await (const number of numbers(count)) sum += number;
  return sum;
}

await workSteadily(async () => {
  const sums = await Promise.all(Array.from({ length: 50 }, () => sumOf(100)));
  if (sums.some((sum) => sum !== 4950)) throw new Error("A sum is wrong.");
}, 20);
