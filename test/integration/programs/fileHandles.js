import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workSteadily } from "./program.js";

/** Opens, writes, reads and closes files, and a database in memory where Node has one. */
const folder = mkdtempSync(join(tmpdir(), "leakline-files-"));
const path = join(folder, "notes");
const file = await open(path, "w+");
// The file has no name from here on: nothing is left behind, however the program ends.
rmSync(folder, { recursive: true });

const sqlite = await import("node:sqlite").catch(() => null);
const database = sqlite && new sqlite.DatabaseSync(":memory:");
database?.exec("create table notes (id integer primary key, text text)");

await workSteadily(async (round) => {
  await file.write(Buffer.alloc(4096, round), 0, 4096, 0);
  await file.read(Buffer.alloc(4096), 0, 4096, 0);
  const handle = await open(process.execPath);
  await handle.read(Buffer.alloc(1024), 0, 1024, 0);
  await handle.close();
  const insert = database?.prepare("insert into notes (text) values (?)");
  insert?.run(`note ${round}`);
  database?.prepare("select count(*) as notes from notes").get();
}, 100);
