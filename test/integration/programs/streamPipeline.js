import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { workSteadily } from "./program.js";

/** Streams: compressed, encrypted, decrypted, expanded, hashed. */
const key = randomBytes(32);
const vector = randomBytes(16);

await workSteadily(async (round) => {
  const hash = createHash("sha256");
  const chunks = Array.from({ length: 20 }, (_, chunk) => Buffer.alloc(16_384, round + chunk));
  await pipeline(
    Readable.from(chunks),
    createGzip(),
    createCipheriv("aes-256-ctr", key, vector),
    createDecipheriv("aes-256-ctr", key, vector),
    createGunzip(),
    new Writable({
      write(chunk, _encoding, done) {
        hash.update(chunk);
        done();
      },
    }),
  );
  return hash.digest("hex");
}, 20);
