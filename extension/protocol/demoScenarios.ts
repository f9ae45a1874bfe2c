import type { Verdict } from "./finding.ts";

/** What the demo says of itself, in one line of JSON on its stdout, when its scenario stands. */
export interface DemoAnnouncement {
  readonly demo: DemoScenarioName;
  readonly pid: number;
  /** Registrations that the package under test made. */
  readonly registered: number;
  /** Those whose target the service has let go. */
  readonly dropped: number;
  /** Those whose cleanup callback ran. */
  readonly freed: number;
  /** Those whose target the service still uses: registered − dropped. */
  readonly live: number;
}

export interface DemoScenario {
  readonly name: string;
  readonly summary: string;
  /** The verdict that a correct diagnosis gives. */
  readonly expectedKind: Verdict;
  /** How many registrations that finding is about; for `running`, how many wait behind it. */
  expectedCount(announcement: DemoAnnouncement): number;
}

/** The first one is the default. */
export const demoScenarios = [
  {
    name: "blocked",
    summary: "one cleanup callback waits for ever, and another package's rows are never freed",
    expectedKind: "running",
    expectedCount: ({ dropped, freed }: DemoAnnouncement) => dropped - freed,
  },
  {
    name: "self-retained",
    summary: "registrations keep their own targets alive",
    expectedKind: "self-retained",
    expectedCount: ({ dropped, freed }: DemoAnnouncement) => dropped - freed,
  },
  {
    name: "ordinary",
    summary: "a leak without any finalizer trouble, for comparison",
    expectedKind: "held",
    expectedCount: ({ live }: DemoAnnouncement) => live,
  },
] as const satisfies readonly DemoScenario[];

export type DemoScenarioName = (typeof demoScenarios)[number]["name"];

/** Reads one line of the demo's stdout; null when it is not the announcement. */
export function parseDemoAnnouncement(line: string): DemoAnnouncement | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // Anything that is preloaded into the demo may print lines of its own.
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const facts = parsed as Readonly<Record<string, unknown>>;
  const scenario = demoScenarios.find(({ name }) => name === facts["demo"]);
  if (!scenario || facts["ready"] !== true) return null;
  const { pid, registered, dropped, freed, live } = facts;
  if (![pid, registered, dropped, freed, live].every(isCount)) return null;
  return { demo: scenario.name, pid, registered, dropped, freed, live } as DemoAnnouncement;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
