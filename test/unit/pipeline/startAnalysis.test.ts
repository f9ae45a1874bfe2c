import { expect, test } from "vitest";
import { environmentFor } from "../../../extension/pipeline/startAnalysis.ts";

const runAsNode = "ELECTRON_RUN_AS_NODE";

test("only the editor's own program is told to be Node", () => {
  const electron = { node: "22.0.0", electron: "39.0.0" };
  expect(environmentFor(undefined, electron)[runAsNode]).toBe("1");
  expect(environmentFor("/usr/bin/node", electron)[runAsNode]).toBeUndefined();
  expect(environmentFor(undefined, { node: "22.0.0" })[runAsNode]).toBeUndefined();
});

test("the user's preloads are not for us", () => {
  expect(environmentFor(undefined, {})["NODE_OPTIONS"]).toBe("");
  expect(environmentFor(undefined, {})["PATH"]).toBe(process.env["PATH"]);
});

test("memory of columns that are freed goes back to the system", () => {
  expect(environmentFor(undefined, {})["MALLOC_MMAP_THRESHOLD_"]).toBe("1048576");
});
