import { execSync } from "node:child_process";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

const files = new FinalizationRegistry(function unmount(path) /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 100, waitsFor: "sleep 600" });
  execSync(`sleep ${path}`); /* CULPRIT */
});

function mount(path) {
  files.register({ path }, path); /* REGISTER */
}

openBuffers(100);
mount("600");
await collectForever();
