/** A program to step through: it does the same small thing again and again, and nothing is wrong with it. */
let sum = 0;

function add(value) {
  const before = sum;
  sum = before + value; /* BREAKPOINT */
  return sum;
}

const registry = new FinalizationRegistry(function forget() {});
const kept = { name: "kept" };
registry.register(kept, 1);

setInterval(() => {
  const total = add(1);
  if (total % 5 === 0) console.log(`total ${total} ${kept.name}`);
  // What nothing refers to is collected, a registry too.
  if (total < 0) registry.unregister(kept);
}, 200);
