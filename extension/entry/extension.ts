import { join } from "node:path";
import { activateEditor } from "../views/editor/activateEditor.ts";

let editor: ReturnType<typeof activateEditor> | undefined;

export function activate(context: Parameters<typeof activateEditor>[0]): void {
  editor = activateEditor(context, {
    analysisModule: join(__dirname, "analysisProcess.cjs"),
    demoScript: join(__dirname, "demo/fileService.cjs"),
  });
}

/** The editor waits for it: what was opened in inspected processes is closed. */
export async function deactivate(): Promise<void> {
  await editor?.dispose();
}
