import { writeHeapSnapshot } from "node:v8";
import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, obey, stayAlive } from "../program.cjs";

/**
 * A healthy program. `drop` on stdin makes garbage of 500 registered objects that no collection has
 * seen yet; `snapshot PATH` does the same and writes the heap in the same turn; `count` tells.
 */
const registered = 500;
openBuffers(registered);

obey({
  drop() {
    dropBuffers();
    announce({ dropped: registered, freed: countFreed() });
  },
  snapshot(path) {
    dropBuffers();
    writeHeapSnapshot(path);
    announce({ snapshot: path, dropped: registered, freed: countFreed() });
  },
  count() {
    announce({ freed: countFreed() });
  },
});
announce({ ready: true, registered });
stayAlive();
