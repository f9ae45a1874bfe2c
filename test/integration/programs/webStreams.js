import { workSteadily } from "./program.js";

/** Web streams: compressed and expanded, teed, and left half-read. */
await workSteadily(async (round) => {
  const text = `line of round ${round}\n`.repeat(500);
  const source = () => new Blob([text]).stream();
  const expanded = source()
    .pipeThrough(new CompressionStream("gzip"))
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream());
  let length = 0;
  for await (const chunk of expanded) length += chunk.length;
  if (length !== text.length) throw new Error("The streams lost text.");

  const [first, second] = source().tee();
  await new Response(first).text();
  if (round % 2 === 0) await second.cancel();
}, 40);
