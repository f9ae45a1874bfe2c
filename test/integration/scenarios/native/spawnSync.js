import { spawnSync } from "node:child_process";
import { announce } from "../program.cjs";

setTimeout(function convertImage() {
  announce({ ready: true, waitsFor: "sleep 600" });
  spawnSync("sleep", ["600"]); /* CULPRIT */
}, 50);
