import { writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { countRecentRows, rememberRow } from "./recentRows.ts";
import { lockCounts, lockRow, type RowLock } from "./rowLocks.ts";
import { type Row, readRow, rowCounts } from "./rowStore.ts";
import {
  connectToShare,
  openSession,
  type ShareConnection,
  type ShareSession,
} from "./shareClient.ts";
import { visit, workUntil } from "./traffic.ts";

/**
 * A small file service and what can go wrong in it: `node fileService.cjs [SCENARIO]`.
 *
 * `blocked`        one cleanup callback waits for ever, and the rows of another package are never freed
 * `self-retained`  registrations keep their own targets alive
 * `ordinary`       a leak without any finalizer trouble, for comparison
 *
 * It says on stdout what it did, in one line of JSON, so that a diagnosis can be compared with it.
 */
const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  blocked,
  "self-retained": selfRetained,
  ordinary,
};

const sessions = new Map<string, ShareSession>();
/** For each share, the rows of the files that its session has opened. */
const openRows = new Map<string, Row[]>();
const openLocks = new Map<number, RowLock>();

const server = createServer((request, response) => {
  const [, kind = "", ...rest] = (request.url ?? "").split("/");
  response.end(JSON.stringify(answer(kind, rest)));
});

function answer(kind: string, [first = "", second = ""]: readonly string[]): unknown {
  switch (kind) {
    case "rows":
      return readRow(Number(first)).columns;
    case "locks":
      return lockRow(Number(first)).describe();
    case "recent":
      return readRecentRow(Number(first)).columns;
    case "files":
      return readFile(first, Number(second));
    default:
      return [...sessions.keys()];
  }
}

function readRecentRow(id: number): Row {
  const row = readRow(id);
  rememberRow(row);
  return row;
}

function readFile(share: string, id: number): string | undefined {
  const row = readRow(id);
  openRows.get(share)?.push(row);
  return sessions.get(share)?.read(row.name);
}

function openShare(connection: ShareConnection, share: string): void {
  openRows.set(share, []);
  const forgetRows = () => {
    openRows.delete(share);
    announce(rowCounts(), countRowsInUse());
  };
  sessions.set(share, openSession(connection, share, forgetRows));
}

/**
 * Once the archive's session is collected, its cleanup callback never returns. Which of two
 * registries V8 serves first is not dependable, so the rows of the archive's files are let go inside
 * that callback: from then on none can be freed, and exactly those 750 wait behind it.
 */
async function blocked(): Promise<void> {
  const port = await listen();
  const connection = connectToShare(await startShareServer());
  for (const share of ["projects", "photos", "archive"]) openShare(connection, share);

  await visit(port, 300, (id) => `/rows/${id}`);
  await workUntil(() => rowCounts().freed === 300);
  await visit(port, 40, (id) => `/files/projects/${id}`);
  await visit(port, 750, (id) => `/files/archive/${id}`);
  sessions.delete("archive");
  await workUntil(() => false);
}

async function selfRetained(): Promise<void> {
  const port = await listen();
  for (let id = 1; id <= 25; id++) openLocks.set(id, lockRow(id));
  await visit(port, 400, (id) => `/locks/${id}`);
  await visit(port, 300, (id) => `/rows/${id}`);
  // The rows are freed by the same collections: it is not for want of them that no lock is.
  await workUntil(() => rowCounts().freed === 300);
  announce(lockCounts(), openLocks.size);
}

async function ordinary(): Promise<void> {
  const port = await listen();
  await visit(port, 900, (id) => `/recent/${id}`);
  await visit(port, 300, (id) => `/rows/${id}`);
  await workUntil(() => rowCounts().freed === 300);
  announce(rowCounts(), countRowsInUse());
}

function countRowsInUse(): number {
  const openRowCount = [...openRows.values()].reduce((count, rows) => count + rows.length, 0);
  return openRowCount + countRecentRows();
}

function announce(
  { registered, freed }: { readonly registered: number; readonly freed: number },
  live: number,
): void {
  const dropped = registered - live;
  const facts = {
    demo: scenarioName,
    pid: process.pid,
    ready: true,
    registered,
    dropped,
    freed,
    live,
  };
  // Not console.log: its pipe may be asynchronous, and this thread is about to block.
  writeSync(1, `${JSON.stringify(facts)}\n`);
}

function listen(): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function startShareServer(): Promise<number> {
  const worker = new Worker(join(__dirname, "shareServer.cjs"), { name: "share-server" });
  return new Promise((resolve) => worker.once("message", resolve));
}

const scenarioName = process.argv[2] ?? "blocked";
const scenario = Object.hasOwn(scenarios, scenarioName) ? scenarios[scenarioName] : undefined;
if (scenario) {
  new Worker(join(__dirname, "lifeline.cjs"), { name: "lifeline" });
  void scenario();
} else {
  process.stderr.write(
    `There is no scenario ${scenarioName}: ${Object.keys(scenarios).join(", ")}.\n`,
  );
  process.exitCode = 2;
}
