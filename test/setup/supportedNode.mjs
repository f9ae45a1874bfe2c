const oldestNode = 20;

/**
 * Loads and runs what only a Node that we support understands; an older one gets a sentence instead
 * of a syntax error. Therefore this file, and those that import it, are written for any Node.
 */
export function onSupportedNode(run) {
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) {
    run();
    return;
  }
  console.error(
    `Leakline needs Node ${oldestNode} or newer; this is ${process.version}. Install one from https://nodejs.org and run this again.`,
  );
  process.exitCode = 2;
}
