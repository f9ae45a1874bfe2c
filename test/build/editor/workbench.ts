import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { chromiumBinary } from "../../setup/editor.mjs";
import type { NodeMajor } from "../../setup/nodeVersions.mjs";
import { startCodeServer } from "./codeServer.ts";
import { type Debugging, debuggingOf } from "./debugging.ts";
import { type Dialog, dialogOf } from "./dialog.ts";
import { addExtensions } from "./extensionsFolder.ts";
import { type Notifications, notificationsOf } from "./notifications.ts";
import { type QuickInput, quickInputOf } from "./quickInput.ts";
import { type SideBar, sideBarOf } from "./sideBar.ts";
import { type StatusBar, statusBarOf } from "./statusBar.ts";
import { recordSteps, type Step } from "./steps.ts";
import { makeTemporaryFolder } from "./temporaryFolder.ts";
import { type TextEditor, textEditorOf } from "./textEditor.ts";
import { type View, viewOf } from "./view.ts";
import { patienceMs, waitFor } from "./waiting.ts";

export interface WorkbenchOptions {
  /** Files of the workspace, by their path in it; an object is written as JSON. */
  readonly files?: Readonly<Record<string, string | object>>;
  /** A folder that is copied to be the workspace, before `files` are written into it. */
  readonly copyOf?: string;
  /** Configurations for its `.vscode/launch.json`. */
  readonly launch?: readonly Readonly<Record<string, unknown>>[];
  /** The user's settings, on top of those that every editor under test has. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * `restricted`: the workspace is not trusted, and nobody asks. `asked`: a dialog asks at once, and
   * is left to the test.
   */
  readonly trust?: "given" | "restricted" | "asked";
  /** The Node that is first on the PATH of everything that is started in the editor. */
  readonly nodeMajor?: NodeMajor;
  /** Environment of everything that is started in the editor. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of unpacked extensions to install besides ours. */
  readonly otherExtensions?: readonly string[];
  /** Without ours. */
  readonly withoutOurExtension?: boolean;
}

/** A VS Code with a workspace, and what a user does in it. */
export interface Workbench {
  /** The absolute path of the workspace. */
  readonly workspace: string;
  /** For what the driver has no word for. */
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly sideBar: SideBar;
  readonly notifications: Notifications;
  readonly dialog: Dialog;
  readonly statusBar: StatusBar;
  readonly editor: TextEditor;
  readonly debug: Debugging;
  /** Wraps what a test does by itself, so that it has its picture. */
  readonly step: Step;
  /** A view of the side bar by its title. */
  view(title: string): View;
  /** Runs a command by its full title, `Category: Title`. */
  runCommand(title: string): Promise<void>;
  press(keys: string): Promise<void>;
  /** Writes a file of the workspace from outside of the editor; an object is written as JSON. */
  writeFile(path: string, content: string | object): void;
  /** Loads the window again, as after a restart. */
  reload(): Promise<void>;
  /** From now on, the pictures of steps go into this folder. */
  beginPictures(folder: string): void;
  /** Keeps what is known about the editor beside the pictures: its logs, and the page's console. */
  keepLogs(): void;
  dispose(): Promise<void>;
}

const browserArguments = [
  // It is no sandbox for root; the pages are our own.
  "--no-sandbox",
  ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];
/** Of an extension that is part of VS Code, in untrusted workspaces too. */
const extensionCommand = "JSON: Clear Schema Cache";
const size = { width: 1600, height: 1000 };
const startsWithinMs = 2 * patienceMs;

/**
 * Starts an editor with a fresh profile and workspace, in which the extensions of
 * `extensionsFolder` are installed. `picturesFolder` is where the steps' pictures go at first.
 */
export async function openWorkbench(
  options: WorkbenchOptions,
  extensionsFolder: string,
  picturesFolder: string,
): Promise<Workbench> {
  const { trust = "given" } = options;
  const folder = makeTemporaryFolder();
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const workspace = writeWorkspace(join(folder, "workspace"), options);
  const installed = join(folder, "extensions");
  if (!options.withoutOurExtension) cpSync(extensionsFolder, installed, { recursive: true });
  addExtensions(installed, options.otherExtensions ?? []);

  const server = await startCodeServer({
    folder,
    extensionsFolder: installed,
    debuggeeNode: options.nodeMajor ?? 24,
    workspaceTrust: trust !== "given",
    settings: {
      "security.workspace.trust.startupPrompt": trust === "asked" ? "always" : "never",
      ...options.settings,
    },
    env: options.env ?? {},
  }).catch((error) => {
    removeFolder();
    throw error;
  });
  const stopServer = () => {
    server.stop();
    removeFolder();
  };
  const browser = await chromium
    .launch({
      executablePath: await chromiumBinary(),
      args: browserArguments,
      env: { ...process.env, HOME: folder },
      timeout: startsWithinMs,
    })
    .catch((error) => {
      stopServer();
      throw error;
    });

  const consoleLines: string[] = [];
  const dispose = async () => {
    await browser.close().catch(() => {});
    stopServer();
  };
  try {
    const page = await browser.newPage({ viewport: size });
    page.setDefaultTimeout(patienceMs);
    page.on("console", (message) => consoleLines.push(`${message.type()} ${message.text()}`));
    page.on("pageerror", (error) => consoleLines.push(`uncaught ${error}`));
    const recorder = recordSteps(page, picturesFolder);
    const screen = { page, step: recorder.step };
    const quickInput = quickInputOf(screen);
    const editor = textEditorOf(screen, quickInput);
    const dialog = dialogOf(screen);

    const untilReady = async () => {
      await page
        .locator(".monaco-workbench .part.statusbar .statusbar-item")
        .first()
        .waitFor({ timeout: startsWithinMs });
      await page.locator(".activitybar .action-item").first().waitFor();
      if (trust === "asked") {
        await dialog.waitUntilOpen();
        return;
      }
      // What the extensions bring comes later, all at once.
      await waitFor(
        "the commands of extensions",
        async () =>
          (await quickInput.searchCommands(extensionCommand)).includes(extensionCommand) ||
          undefined,
        { withinMs: startsWithinMs },
      );
    };
    await screen.step("open the editor", async () => {
      await page.goto(`http://${server.address}/?folder=${encodeURIComponent(workspace)}`);
      await untilReady();
    });

    return {
      workspace,
      page,
      quickInput,
      sideBar: sideBarOf(screen),
      notifications: notificationsOf(screen),
      dialog,
      statusBar: statusBarOf(screen),
      editor,
      debug: debuggingOf(screen, quickInput, editor),
      step: screen.step,
      view: (title) => viewOf(screen, title),
      runCommand: quickInput.runCommand,
      press: (keys) => screen.step(`press ${keys}`, () => page.keyboard.press(keys)),
      writeFile: (path, content) => writeWorkspaceFile(workspace, path, content),
      reload: () =>
        screen.step("reload the window", async () => {
          await page.reload();
          await untilReady();
        }),
      beginPictures: recorder.begin,
      keepLogs() {
        const target = join(recorder.folder(), "logs");
        server.copyLogs(target);
        writeFileSync(join(target, "console.log"), consoleLines.join("\n"));
      },
      dispose,
    };
  } catch (error) {
    const output = server.output();
    await dispose();
    throw new Error(`${(error as Error).message}\n${output}`);
  }
}

function writeWorkspace(
  workspace: string,
  { files = {}, copyOf, launch }: WorkbenchOptions,
): string {
  mkdirSync(workspace);
  if (copyOf) cpSync(copyOf, workspace, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeWorkspaceFile(workspace, path, content);
  if (launch) {
    writeWorkspaceFile(workspace, ".vscode/launch.json", {
      version: "0.2.0",
      configurations: launch,
    });
  }
  return workspace;
}

function writeWorkspaceFile(workspace: string, path: string, content: string | object): void {
  const file = join(workspace, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    typeof content === "string" ? content : JSON.stringify(content, undefined, 2),
  );
}
