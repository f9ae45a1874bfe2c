import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { build, type Plugin } from "esbuild";
import { ensurePackage } from "../setup/nodeVersions.mjs";

/** A row of DevTools' summary. */
export interface DevtoolsClass {
  readonly name: string;
  readonly count: number;
  readonly distance: number;
  readonly shallow: number;
  readonly retained: number;
}

/** What Chrome DevTools says of a snapshot, node by node in the order of the file. */
export interface DevtoolsNumbers {
  readonly shallow: Float64Array;
  readonly retained: Float64Array;
  readonly distance: Int32Array;
  readonly dominator: Uint32Array;
  /** By key, which is a name or a name and a place. */
  readonly classes: ReadonlyMap<string, DevtoolsClass>;
  /** For each node the place of its class among `classes`, or -1 when the summary leaves it out. */
  readonly classOf: Int32Array;
  readonly statistics: DevtoolsStatistics;
  /** What its Retainers view lists at first, by the rows of some of the nodes. */
  readonly retainers: ReadonlyMap<number, readonly DevtoolsRetainer[]>;
  /** Milliseconds from the first byte to the last number. */
  readonly elapsedMs: number;
}

/** The edge by which a node is held, and how far the holder is. */
export interface DevtoolsRetainer {
  readonly edge: number;
  readonly distance: number;
}

/** Bytes by kind. */
export interface DevtoolsStatistics {
  readonly total: number;
  readonly native: { readonly total: number; readonly typedArrays: number };
  readonly v8heap: {
    readonly total: number;
    readonly code: number;
    readonly jsArrays: number;
    readonly strings: number;
    readonly system: number;
  };
}

/** The version that our numbers are compared with. */
export const devtoolsPackage = ["chrome-devtools-frontend", "1.0.1705227"] as const;

export interface DevtoolsReader {
  read(snapshotFile: string): Promise<DevtoolsNumbers>;
  dispose(): Promise<void>;
}

/** Bundles the code of DevTools' own heap snapshot worker; both its halves run in one thread of ours. */
export async function createDevtoolsReader(): Promise<DevtoolsReader> {
  const [name, version] = devtoolsPackage;
  const packageFolder = join(await ensurePackage(name, version), "node_modules", name);
  const folder = await mkdtemp(join(tmpdir(), "leakline-devtools-"));
  const script = join(folder, "worker.mjs");
  await build({
    stdin: {
      contents: workerSource,
      resolveDir: join(packageFolder, "front_end/entrypoints/heap_snapshot_worker"),
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    outfile: script,
    logLevel: "error",
    // Node 20 doesn't have it yet.
    banner: { js: withResolvers },
    plugins: [withoutLocales],
  });
  return {
    read: (snapshotFile) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(pathToFileURL(script), {
          workerData: snapshotFile,
          // It warns of every node that the root doesn't reach.
          stderr: true,
          resourceLimits: { maxOldGenerationSizeMb: 8192 },
        });
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.once("exit", (code) => reject(new Error(`DevTools' worker ended: ${code}`)));
      }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The package leaves this file out: Chromium's build makes it. */
const withoutLocales: Plugin = {
  name: "without-locales",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/locales\.js$/ }, () => ({ path: "locales", namespace: "stub" }));
    onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents: `
        export const LOCALES = ["en-US"];
        export const BUNDLED_LOCALES = ["en-US"];
        export const DEFAULT_LOCALE = "en-US";
        export const REMOTE_FETCH_PATTERN = "";
        export const LOCAL_FETCH_PATTERN = "";`,
    }));
  },
};

const withResolvers = `
  Promise.withResolvers ??= () => {
    const parts = {};
    parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
  };`;

const workerSource = `
  import { createReadStream } from "node:fs";
  import { MessageChannel, parentPort, workerData } from "node:worker_threads";
  import { HeapSnapshot, HeapSnapshotLoader } from "./heap_snapshot_worker.js";

  const begin = performance.now();
  const loader = new HeapSnapshotLoader.HeapSnapshotLoader({ sendEvent() {} } as never);
  for await (const text of createReadStream(workerData, { encoding: "utf8", highWaterMark: 1 << 20 })) {
    loader.write(text);
    // The loader reads what was written in a turn of its own.
    await null;
  }
  loader.close();
  const { port1, port2 } = new MessageChannel();
  new HeapSnapshot.SecondaryInitManager(port2 as never);
  const snapshot = await loader.buildSnapshot(port1 as never);
  const elapsedMs = performance.now() - begin;
  const aggregates = Object.entries(snapshot.aggregatesWithFilter({}));
  const classes = new Map(
    aggregates.map(([key, { name, count, distance, self, maxRet }]) => [
      key,
      { name, count, distance, shallow: self, retained: maxRet },
    ]),
  );
  const { nodeCount, nodeFieldCount, nodeSelfSizeOffset } = snapshot;
  const retainers = new Map();
  for (let row = 0; row < nodeCount; row += Math.ceil(nodeCount / 5000)) {
    const provider = snapshot.createRetainingEdgesProvider(row * nodeFieldCount);
    if (provider.isEmpty()) {
      retainers.set(row, []);
      continue;
    }
    const order = { fieldName1: "!edgeDistance", ascending1: true, fieldName2: "name", ascending2: true };
    provider.sortAndRewind(order);
    const { items } = provider.serializeItemsRange(0, Number.MAX_SAFE_INTEGER);
    const list = items.map(({ edgeIndex, node }) => ({
      edge: edgeIndex / snapshot.edgeFieldsCount,
      distance: node.distance,
    }));
    retainers.set(row, list);
  }
  const classOf = new Int32Array(nodeCount).fill(-1);
  for (const [number, [, { idxs }]] of aggregates.entries()) {
    for (const at of idxs) classOf[at / nodeFieldCount] = number;
  }
  const shallow = new Float64Array(nodeCount);
  for (let row = 0; row < nodeCount; row++) {
    shallow[row] = snapshot.nodes.getValue(row * nodeFieldCount + nodeSelfSizeOffset);
  }
  parentPort.postMessage({
    shallow,
    retained: snapshot.retainedSizes,
    distance: snapshot.nodeDistances,
    dominator: snapshot.dominatorsTree,
    classes,
    classOf,
    statistics: snapshot.getStatistics(),
    retainers,
    elapsedMs,
  });
  port1.close();
  port2.close();
`;
