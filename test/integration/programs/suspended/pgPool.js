import { createRequire } from "node:module";
import { expectGroups, sourceOf } from "./program.js";
import { startSilentDatabase } from "./silentDatabase.js";

/** More requests than the pool has connections, and a database that is silent. */
const [poolFolder, clientFolder] = process.argv.slice(2);
const Pool = createRequire(`${poolFolder}/`)("pg-pool");
const { Client } = createRequire(`${clientFolder}/`)("pg");
const port = await startSilentDatabase();
const pool = new Pool({ Client, host: "127.0.0.1", port, user: "shop", database: "shop", max: 2 });

/* listUsers begins */ async function listUsers() {
  const client = await pool.connect(); /* listUsers waits */
  try {
    return await client.query("select * from users"); /* listUsers */
  } finally {
    client.release();
  }
}

/* handle begins */ async function handle() {
  const { rows } = await listUsers(); /* handle */
  return rows.length;
}

for (let request = 0; request < 52; request++) void handle();

const { awaiting } = sourceOf(import.meta.url);
const stack = (waiting, mark) => [
  awaiting("listUsers", { waiting, mark, begin: "listUsers begins" }),
  awaiting("handle", { waiting }),
];
expectGroups(
  [
    {
      frames: stack(50, "listUsers waits"),
      count: 50,
      waitsFor: ["queue", "Pool._pendingQueue[…] → PendingItem.callback"],
    },
    {
      frames: stack(2, "listUsers"),
      count: 2,
      waitsFor: ["object", "Client.activeQuery → Query.callback"],
    },
  ],
  500,
);
