import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import packageJson from "../../../package.json" with { type: "json" };
import { codeServerScript, editorNode } from "../../setup/editor.mjs";
import { ensurePackage, nodeBinary } from "../../setup/nodeVersions.mjs";

const runFile = promisify(execFile);
const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const notCopied = new Set([".git", "dist", "node_modules", "test"]);

/**
 * Packs our extension as it is published, from a copy of the checkout so that what others build
 * there meanwhile is not in the way, and installs it as a user does, into `folder`/extensions.
 */
export async function installOurExtension(folder: string): Promise<string> {
  const copy = join(folder, "checkout");
  mkdirSync(copy);
  for (const name of readdirSync(checkout)) {
    if (!notCopied.has(name)) cpSync(join(checkout, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(checkout, "node_modules"), join(copy, "node_modules"), "junction");
  // What vsce would run by itself also checks the types, which is a suite of its own.
  const { "vscode:prepublish": _, ...scripts } = packageJson.scripts;
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...packageJson, scripts }));
  await run(process.execPath, ["esbuild.mjs", "--production"], copy);

  const vsce = await ensurePackage("@vscode/vsce", "4.1.0");
  const packed = join(folder, "leakline.vsix");
  await run(
    process.execPath,
    [
      join(vsce, "node_modules/@vscode/vsce/vsce"),
      ...["package", ...packageFlags(), "--out", packed],
    ],
    copy,
  );

  const extensions = join(folder, "extensions");
  const configuration = join(folder, "config.yaml");
  writeFileSync(configuration, "auth: none\n");
  await run(
    nodeBinary(editorNode),
    [
      codeServerScript,
      ...["--config", configuration, "--user-data-dir", join(folder, "user")],
      ...["--extensions-dir", extensions, "--install-extension", packed],
    ],
    folder,
  );
  return extensions;
}

/** Those with which people pack it. */
function packageFlags(): readonly string[] {
  return packageJson.scripts.package.split(" ").filter((word) => /^--(?!yes$)/.test(word));
}

async function run(command: string, commandArguments: readonly string[], cwd: string) {
  try {
    await runFile(command, commandArguments, { cwd, env: { ...process.env, HOME: cwd } });
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout ?? ""}${stderr ?? ""}`);
  }
}
