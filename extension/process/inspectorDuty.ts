import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createFile,
  isRunning,
  namesIn,
  ownKey,
  privateFolder,
  readOrNull,
  removeFile,
} from "./privateFolder.ts";
import { listeningSockets, processKey } from "./procFiles.ts";

/**
 * An inspector that a Leakline opened is to be closed by whichever Leakline leaves last, also when the one
 * that opened it was killed: they tell each other who is there, and that one of them sent the signal.
 */
export interface Presence {
  /** Whether another Leakline that runs has joined the same process. */
  hasCompany(): boolean;
  leave(): void;
}

/** Files about one process; null when the process has ended or there is no folder of ours. */
function filesAbout(pid: number): { readonly folder: string; readonly key: string } | null {
  const folder = privateFolder();
  const key = processKey(pid);
  return folder === null || key === null ? null : { folder, key };
}

const presenceName = /^client-(\d+-\d+)-(\d+-\d+)-/;
const targetOfName = /^(?:client|signal|inspector|snapshot-process|snapshot)-(\d+-\d+)/;

/** Tells the other Leaklines that we use, or are about to use, the inspector of this process. */
export function joinInspector(pid: number): Presence {
  const files = filesAbout(pid);
  if (files === null) return { hasCompany: () => false, leave: () => {} };
  const { folder, key } = files;
  const own = `client-${key}-${ownKey()}-${randomBytes(4).toString("hex")}`;
  createFile(join(folder, own), "");
  return {
    hasCompany: () =>
      namesIn(folder).some((name) => {
        const [, target, owner = ""] = presenceName.exec(name) ?? [];
        return name !== own && target === key && isRunning(owner);
      }),
    leave: () => removeFile(join(folder, own)),
  };
}

/** Noted before the signal is sent, so that whoever comes later knows of it also when we are killed. */
export const noteSignal = (pid: number): void => writeNote(pid, "");

/** Which opening it was: an inspector that others open later has another socket. */
export function noteOpened(pid: number, port: number): void {
  const inode = inodeOf(pid, port);
  if (inode !== null) writeNote(pid, `${port} ${inode}`);
}

/** The signal opened nothing, or what it opened is closed. */
export function dropNote(pid: number): void {
  const files = filesAbout(pid);
  if (files) removeFile(noteOf(files));
}

/** Whether the inspector that is open at this port is one that a Leakline opened. */
export function isOpenedByLeakline(pid: number, port: number): boolean {
  const files = filesAbout(pid);
  const note = files && readOrNull(noteOf(files));
  if (note === null) return false;
  return note === "" || note === `${port} ${inodeOf(pid, port)}`;
}

const noteOf = ({ folder, key }: { readonly folder: string; readonly key: string }) =>
  join(folder, `signal-${key}`);

function writeNote(pid: number, text: string): void {
  const files = filesAbout(pid);
  if (files === null) return;
  try {
    writeFileSync(noteOf(files), text, { mode: 0o600 });
  } catch {
    // Then only we ourselves know of it, as long as we live.
  }
}

const inodeOf = (pid: number, port: number): string | null =>
  listeningSockets(pid).find(({ localPort }) => localPort === port)?.inode ?? null;

/** Deletes what was noted about processes, or by Leaklines, that have ended. */
export function removeAbandonedNotes(): void {
  const folder = privateFolder();
  if (folder === null) return;
  for (const name of namesIn(folder)) {
    const target = targetOfName.exec(name)?.[1];
    const owner = presenceName.exec(name)?.[2];
    if ((target && !isRunning(target)) || (owner && !isRunning(owner))) {
      removeFile(join(folder, name));
    }
  }
}
