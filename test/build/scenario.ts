import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FindingKind } from "../../extension/protocol/finding.ts";
import type { NodeMajor } from "../setup/nodeVersions.mjs";

/** Lines of a scenario's source that carry one comment, for example `CULPRIT` in block form. */
export interface MarkedLine {
  readonly file: string;
  readonly mark: string;
}

/** What a correct diagnosis says; what is left out here is not claimed. */
export interface ExpectedFinding {
  readonly kind: FindingKind;
  /** Where the cleanup callback's function begins. */
  readonly callback?: MarkedLine;
  /** A line of the stack: where the thread is stuck, or what hogs it. */
  readonly culprit?: MarkedLine;
  readonly registeredAt?: readonly MarkedLine[];
  /** Name of the announced fact that says how many registrations the finding is about. */
  readonly count?: string;
  /** Name of the announced fact that says how many registrations wait behind it. */
  readonly blocks?: string;
  /** Names of edges of the retaining path, in this order; others may stand between them. */
  readonly pathThrough?: readonly string[];
  readonly isBatch?: boolean;
  /** One, when left out: the same cause may be met in several registries. */
  readonly findings?: number;
  /** The thread that it is about; the main thread when left out. */
  readonly thread?: "worker";
}

/** One program of a scenario and what is to be found in it; nothing above info when that is empty. */
export interface ScenarioRun {
  readonly title: string;
  /** Beside expect.ts. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  /** All versions when left out. */
  readonly nodeMajors?: readonly NodeMajor[];
  /** An npm package of the cache: its folder is the program's first argument. */
  readonly package?: { readonly name: string; readonly version: string };
  /** The file is made from the sources by the scenario's own build.ts. */
  readonly built?: boolean;
  readonly expected: readonly ExpectedFinding[];
  /** Kinds that a tool might fall for and that would be wrong. */
  readonly never?: readonly FindingKind[];
  /** What the test does, or has to know, beyond starting the program and asking. */
  readonly note?: string;
}

/** A leak that Leakline claims to find is a program on disk, with its healthy twin. */
export interface Scenario {
  readonly summary: string;
  readonly runs: readonly ScenarioRun[];
}

export const scenariosFolder = fileURLToPath(new URL("../integration/scenarios/", import.meta.url));

export const scenarioFile = (scenarioName: string, file: string): string =>
  `${scenariosFolder}${scenarioName}/${file}`;

/** The 1-based numbers of the marked lines. Throws when there is none: a test can't lose its mark unseen. */
export function markedLines(scenarioName: string, { file, mark }: MarkedLine): readonly number[] {
  const path = scenarioFile(scenarioName, file);
  const lines = readFileSync(path, "utf8").split("\n");
  const found = lines.flatMap((line, index) => (line.includes(`/* ${mark} */`) ? [index + 1] : []));
  if (found.length === 0) throw new Error(`${path} has no line marked ${mark}.`);
  return found;
}
