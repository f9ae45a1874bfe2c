// `npm start` in a fresh clone: says what is missing on a Node too old to understand the rest.
const oldestNode = 20;

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(
    `Leakline needs Node ${oldestNode} or newer; this is ${process.version}. Install one from https://nodejs.org and run npm start again.`,
  );
  process.exitCode = 2;
} else {
  void import("./runDemo.mjs").then(({ runDemo }) => runDemo(process.argv.slice(2)));
}
