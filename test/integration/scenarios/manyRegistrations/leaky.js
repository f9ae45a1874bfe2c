import { announce, collectForever } from "../program.cjs";

/** Registers a million objects, or as many as its argument says, and lets four of ten go. */
const count = Number(process.argv[2] ?? 1_000_000);
const droppedCount = Math.floor(count * 0.4);
const documents = [];
let polls = 0;

const handles = new FinalizationRegistry(() => polls++);
const sockets = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  documents.length = count - droppedCount;
  announce({ ready: true, registered: count, queued: droppedCount, live: documents.length });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

function openDocuments() {
  for (let id = 1; id <= count; id++) {
    const document = { id };
    handles.register(document, id);
    documents.push(document);
  }
}

openDocuments();
openSocket(3);
await collectForever();
