/** Requests that wait for a pool whose connections never come back, and two functions that wait for each other. */
class Pool {
  queue = [];

  connect() {
    return new Promise((resolve, reject) => {
      this.queue.push({ resolve, reject });
    });
  }

  async query() {
    const connection = await this.connect(); /* QUERY */
    return connection.rows;
  }
}

globalThis.pool = new Pool();

async function handleRequest(id) {
  const request = { id, body: new Array(1000).fill(id) };
  const rows = await globalThis.pool.query(); /* REQUEST */
  return [request, rows];
}

async function lockFirst() {
  await null;
  await globalThis.second; /* FIRST */
}

async function lockSecond() {
  await null;
  await globalThis.first; /* SECOND */
}

for (let id = 0; id < 40; id++) void handleRequest(id);
globalThis.first = lockFirst();
globalThis.second = lockSecond();
setInterval(() => {}, 1000);
setTimeout(() => console.log(JSON.stringify({ ready: true })), 50);
