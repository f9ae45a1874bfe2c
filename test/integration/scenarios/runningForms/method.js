import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

const pool = {
  polls: 0,
  close(descriptor) /* CALLBACK */ {
    dropBuffers();
    announce({ ready: true, queued: 200 });
    while (descriptor > 0) pool.polls++; /* CULPRIT */
  },
};

const sockets = new FinalizationRegistry(pool.close);

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
