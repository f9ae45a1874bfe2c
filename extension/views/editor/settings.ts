/** What the user can set, checked: units are in the names. */
export interface Settings {
  /** Time between two looks at a watched process; 0: only when asked. */
  readonly pollIntervalMs: number;
  /** Longest time for one answer of the inspected process. */
  readonly answerDeadlineMs: number;
  /** Longest pause that a snapshot may cause without a question. */
  readonly longestUnaskedPauseMs: number;
  /** Where saved snapshots go; empty: a private folder of the extension. */
  readonly snapshotFolder: string;
  /** Registries that are left alone: names of callbacks, or parts of their files with `*`. */
  readonly ignoredRegistries: readonly string[];
  /** The Node that reads heaps; empty: the one on the PATH, or else the editor's own. */
  readonly nodePath: string;
}

/** A value that could not be used, said once. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

export const settingsSection = "leakline";

const defaults = {
  pollInterval: 2,
  answerDeadline: 10,
  longestUnaskedPause: 5,
} as const;

/** Number settings: seconds as the user writes them, and the range that makes sense. */
const ranges = {
  pollInterval: { least: 0.5, most: 3600, offAtZero: true },
  answerDeadline: { least: 1, most: 600, offAtZero: false },
  longestUnaskedPause: { least: 0, most: 3600, offAtZero: false },
} as const;

/**
 * Reads the settings. A value that makes no sense is replaced by its default and reported: settings.json
 * is text, and the editor only underlines what is wrong in it.
 */
export function readSettings(get: (name: string) => unknown): {
  readonly settings: Settings;
  readonly problems: readonly SettingProblem[];
} {
  const problems: SettingProblem[] = [];
  const refuse = (setting: string, wanted: string, used: unknown) =>
    problems.push({
      setting: `${settingsSection}.${setting}`,
      message: `${settingsSection}.${setting} must be ${wanted}; ${JSON.stringify(used)} is used instead.`,
    });
  const milliseconds = (name: keyof typeof ranges): number => {
    const { least, most, offAtZero } = ranges[name];
    const value = get(name) ?? defaults[name];
    const isFine =
      typeof value === "number" &&
      ((value >= least && value <= most) || (offAtZero && value === 0));
    if (isFine) return value * 1000;
    const range = `${offAtZero ? "0, or " : ""}a number of seconds from ${least} to ${most}`;
    refuse(name, range, defaults[name]);
    return defaults[name] * 1000;
  };
  const text = (name: string): string => {
    const value = get(name) ?? "";
    if (typeof value === "string") return value.trim();
    refuse(name, "a text", "");
    return "";
  };
  const texts = (name: string): readonly string[] => {
    const value = get(name) ?? [];
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) {
      return value.filter((one) => one.trim() !== "");
    }
    refuse(name, "a list of texts", []);
    return [];
  };
  return {
    settings: {
      pollIntervalMs: milliseconds("pollInterval"),
      answerDeadlineMs: milliseconds("answerDeadline"),
      longestUnaskedPauseMs: milliseconds("longestUnaskedPause"),
      snapshotFolder: text("snapshotFolder"),
      ignoredRegistries: texts("ignoredRegistries"),
      nodePath: text("nodePath"),
    },
    problems,
  };
}
