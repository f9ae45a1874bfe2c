import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ensurePackage } from "../setup/nodeVersions.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("vsce packs exactly these files", async () => {
  const folder = await ensurePackage("@vscode/vsce", "4.1.0");
  const output = execFileSync(
    process.execPath,
    [join(folder, "node_modules/@vscode/vsce/vsce"), "ls", "--no-dependencies"],
    { cwd: root, encoding: "utf8" },
  );
  const packed = output.split(/\s+/).filter((name) => name !== "");
  expect(packed.sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/analysisProcess.cjs",
    "dist/asyncReport.schema.json",
    "dist/cli.cjs",
    "dist/demo/fileService.cjs",
    "dist/demo/fileService.cjs.map",
    "dist/demo/lifeline.cjs",
    "dist/demo/lifeline.cjs.map",
    "dist/demo/shareConnection.cjs",
    "dist/demo/shareConnection.cjs.map",
    "dist/demo/shareServer.cjs",
    "dist/demo/shareServer.cjs.map",
    "dist/extension.cjs",
    "dist/report.schema.json",
    "dist/retainersReport.schema.json",
    "dist/summaryReport.schema.json",
    "dist/thirdPartyLicenses.txt",
    "extension/views/editor/walkthrough/demo.md",
    "extension/views/editor/walkthrough/find.md",
    "extension/views/editor/walkthrough/problem.md",
    "extension/views/editor/walkthrough/view.md",
    "package.json",
  ]);
});
