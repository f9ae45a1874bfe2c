import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, openSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { codeServerScript, editorNode } from "../../setup/editor.mjs";
import { type NodeMajor, nodeBinary } from "../../setup/nodeVersions.mjs";
import { freePort } from "../freePort.ts";
import { killMarked, watchMarked, watchProcessGroup } from "../reaper.ts";
import { editorSettings } from "./settings.ts";
import { patienceMs } from "./waiting.ts";

export interface CodeServerOptions {
  /** An empty folder for all that it writes. */
  readonly folder: string;
  /** Where the installed extensions are. */
  readonly extensionsFolder: string;
  /** The Node that js-debug finds on the PATH. */
  readonly debuggeeNode: NodeMajor;
  /** Off: every folder is trusted, and nobody is asked. */
  readonly workspaceTrust: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface CodeServer {
  /** `127.0.0.1:` and its port. */
  readonly address: string;
  /** What it printed. */
  output(): string;
  /** Copies its logs, and those of the extension host, into a folder. */
  copyLogs(target: string): void;
  /** Kills it and everything that was started in it, debugged programs too. */
  stop(): void;
}

const startsWithinMs = 2 * patienceMs;
/** Inherited by whatever is started in the editor, debugged programs too. */
const markVariable = "LEAKLINE_EDITOR_UNDER_TEST";

/** Starts a VS Code server of its own, with a fresh profile, and waits until it answers. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const { folder, extensionsFolder } = options;
  const token = randomUUID();
  const mark = `${markVariable}=${token}`;
  const userFolder = join(folder, "user");
  const home = join(folder, "home");
  const outputFile = join(folder, "code-server.log");
  mkdirSync(join(userFolder, "User"), { recursive: true });
  mkdirSync(home);
  writeFileSync(
    join(userFolder, "User/settings.json"),
    JSON.stringify({ ...editorSettings, ...options.settings }, undefined, 2),
  );
  // Without one, it writes its own into the home folder.
  const configuration = join(folder, "config.yaml");
  writeFileSync(configuration, "auth: none\n");
  const address = `127.0.0.1:${await freePort()}`;
  const output = openSync(outputFile, "w");
  const server = spawn(
    nodeBinary(editorNode),
    [
      codeServerScript,
      ...["--config", configuration, "--auth", "none", "--bind-addr", address],
      ...["--user-data-dir", userFolder, "--extensions-dir", extensionsFolder],
      ...["--disable-telemetry", "--disable-update-check", "--ignore-last-opened"],
      "--disable-getting-started-override",
      ...(options.workspaceTrust ? [] : ["--disable-workspace-trust"]),
      // Else a login shell says what the PATH is.
      ...["--vscode-option", "force-disable-user-env"],
    ],
    {
      cwd: folder,
      // A group of its own, so that all of it can be ended.
      detached: true,
      env: {
        ...serverEnvironment(process.env, options.debuggeeNode),
        ...options.env,
        HOME: home,
        [markVariable]: token,
      },
      stdio: ["ignore", output, output],
    },
  );
  const pid = server.pid ?? 0;
  const releaseGroup = watchProcessGroup(pid);
  const releaseMark = watchMarked(mark);
  const stop = () => {
    server.kill("SIGKILL");
    killMarked(mark);
    releaseGroup();
    releaseMark();
  };
  try {
    await untilHealthy(address, () => server.exitCode);
  } catch (error) {
    stop();
    throw new Error(`${(error as Error).message}\n${readFileSync(outputFile, "utf8")}`);
  }
  return {
    address,
    output: () => readFileSync(outputFile, "utf8"),
    copyLogs(target) {
      cpSync(join(userFolder, "logs"), target, { recursive: true });
      cpSync(outputFile, join(target, "code-server.log"));
    },
    stop,
  };
}

/** Without what an editor or npm around these tests would tell the editor under test. */
function serverEnvironment(outer: NodeJS.ProcessEnv, debuggeeNode: NodeMajor): NodeJS.ProcessEnv {
  const kept = Object.entries(outer).filter(
    ([name]) =>
      !/^(?:VSCODE_|npm_|VITEST|PORT$|PASSWORD$|NODE_|CODE_SERVER|EXTENSIONS_)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: `${dirname(realpathSync(nodeBinary(debuggeeNode)))}${delimiter}${outer["PATH"]}`,
    // No gallery: nothing is looked up outside.
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "" }),
  };
}

async function untilHealthy(address: string, exitCode: () => number | null): Promise<void> {
  const deadline = Date.now() + startsWithinMs;
  while (Date.now() < deadline) {
    if (exitCode() !== null) throw new Error(`code-server ended with exit code ${exitCode()}.`);
    const isUp = await fetch(`http://${address}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`code-server did not answer within ${startsWithinMs} ms.`);
}
