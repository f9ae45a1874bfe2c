import { onSupportedNode } from "./supportedNode.mjs";

// `npm start`, also in a fresh clone.
onSupportedNode(() =>
  import("./runDemo.mjs").then(({ runDemo }) => runDemo(process.argv.slice(2))),
);
