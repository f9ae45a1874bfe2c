import * as vscode from "vscode";
import { UserError } from "../../protocol/errors.ts";
import { cancelledErrorName } from "../../protocol/rpc.ts";
import { failureText } from "./hints.ts";
import type { Asking } from "./watchedTarget.ts";

/** Runs work behind a notification that says the phase and how far it is, and can be cancelled. */
export function withProgress<Result>(
  title: string,
  work: (asking: Asking) => Promise<Result>,
): Promise<Result> {
  return Promise.resolve(
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const cancelling = new AbortController();
        const subscription = token.onCancellationRequested(() => cancelling.abort());
        try {
          return await work({
            signal: cancelling.signal,
            onEvent(event) {
              if (event.kind === "notice") void vscode.window.showInformationMessage(event.text);
              else progress.report({ message: phaseText(event.phase, event.fraction) });
            },
          });
        } finally {
          subscription.dispose();
        }
      },
    ),
  );
}

/** `Taking the snapshot 43 %`. */
export const phaseText = (phase: string, fraction: number | null): string =>
  fraction === null ? phase : `${phase} ${Math.round(Math.min(1, Math.max(0, fraction)) * 100)} %`;

/** Tells the user why something did not work; a cancelled call needs no word. */
export function showFailure(error: unknown, log: vscode.LogOutputChannel): void {
  if (isCancelled(error)) {
    log.info("cancelled");
    return;
  }
  if (error instanceof UserError) {
    log.error(`${error.code}: ${error.message} ${error.hint}`);
    void vscode.window.showErrorMessage(failureText(error));
    return;
  }
  log.error(error instanceof Error ? error : String(error));
  const text = error instanceof Error ? error.message : String(error);
  void vscode.window
    .showErrorMessage(`Leakline met a problem of its own: ${text}`, "Show Log")
    .then((choice) => choice && log.show());
}

export const isCancelled = (error: unknown): boolean =>
  error instanceof Error && (error.name === cancelledErrorName || error.name === "Canceled");
