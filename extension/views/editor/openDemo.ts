import * as vscode from "vscode";
import { demoScenarios } from "../../protocol/demoScenarios.ts";

/** Starts the leaky demo under the JavaScript debugger, without an agent, as any program is. */
export async function openDemo(scriptPath: string, nodePath: string | undefined): Promise<void> {
  const item = await vscode.window.showQuickPick(
    demoScenarios.map(({ name, summary }) => ({ label: name, detail: summary })),
    {
      title: "Leakline: which demo?",
      placeHolder: "A small file service with one thing wrong in it",
    },
  );
  if (!item) return;
  const isStarted = await vscode.debug.startDebugging(undefined, {
    type: "node",
    request: "launch",
    name: `Leakline demo: ${item.label}`,
    program: scriptPath,
    args: [item.label],
    ...(nodePath !== undefined && { runtimeExecutable: nodePath }),
    internalConsoleOptions: "neverOpen",
  });
  if (!isStarted) return;
  const find = "Find Blocked Finalizers";
  const choice = await vscode.window.showInformationMessage(
    `The demo "${item.label}" runs: ${item.detail}. Give it two seconds, then ask Leakline what is wrong with it.`,
    find,
  );
  if (choice === find) await vscode.commands.executeCommand("leakline.findBlockedFinalizers");
}
