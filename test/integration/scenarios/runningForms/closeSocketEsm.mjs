import { dropBuffers } from "../bystanders.cjs";
import { announce } from "../program.cjs";

export function closeSocket(descriptor) /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 200 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
}
