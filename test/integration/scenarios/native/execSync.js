import { execSync } from "node:child_process";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce } from "../program.cjs";

openBuffers(100);
setTimeout(function convertImage() {
  dropBuffers();
  announce({ ready: true, waitsFor: "sleep 600" });
  execSync("sleep 600"); /* CULPRIT */
}, 50);
