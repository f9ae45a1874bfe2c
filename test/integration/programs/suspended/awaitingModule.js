/* connect begins */ async function connect() {
  await new Promise((resolve) => globalThis.gates.push(resolve)); /* connect */
}

await connect(); /* module */
