import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Runs one step of a user, and keeps a picture of what it led to. Steps inside of it have none. */
export type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** What every part of the driver works with. */
export interface Screen {
  readonly page: Page;
  readonly step: Step;
}

export interface StepRecorder {
  readonly step: Step;
  /** From now on the pictures go into this folder, which is emptied, and are numbered from 1. */
  begin(folder: string): void;
  /** Where the pictures go. */
  folder(): string;
}

export function recordSteps(page: Page, firstFolder: string): StepRecorder {
  let folder = firstFolder;
  let count = 0;
  let depth = 0;

  const begin = (newFolder: string) => {
    folder = newFolder;
    count = 0;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  };
  const picture = async (name: string) => {
    count++;
    const file = `${String(count).padStart(2, "0")}-${fileNameOf(name)}.png`;
    // A picture is for people: a browser that can't take one fails the next step anyway.
    await page.screenshot({ path: join(folder, file), timeout: 5_000 }).catch(() => {});
  };

  begin(firstFolder);
  return {
    async step(name, work) {
      depth++;
      try {
        const result = await work();
        if (depth === 1) await picture(name);
        return result;
      } catch (error) {
        if (depth === 1) await picture(`${name} FAILED`);
        throw error;
      } finally {
        depth--;
      }
    },
    begin,
    folder: () => folder,
  };
}

/** A name for people as the name of a file or folder. */
export const fileNameOf = (name: string) =>
  name
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 80);
