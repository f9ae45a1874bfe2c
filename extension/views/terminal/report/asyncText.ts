import { formatBytes } from "../../../base/byteSize.ts";
import { formatCount, formatCountOf } from "../../../base/count.ts";
import { printableData } from "../../../base/printable.ts";
import type {
  AsyncFrameDescription,
  AsyncGroupDescription,
  AsyncReport,
  AsyncStack,
  AsyncVariable,
} from "../../../protocol/asyncReport.ts";
import type { PathStep } from "../../../protocol/finding.ts";
import type { SourcePosition } from "../../../protocol/sourcePosition.ts";
import { wakerText } from "../../../protocol/wakerText.ts";
import { linkFindings } from "./findingLinks.ts";
import { findingText } from "./findingText.ts";
import { howItWasTaken } from "./howItWasTaken.ts";
import { indent, wrap } from "./layout.ts";
import type { Page } from "./page.ts";
import { formatNamedPlace } from "./place.ts";
import { problemText } from "./problemText.ts";

export interface AsyncTextOptions {
  readonly page: Page;
  /** False: runs of frames of Node and of the language become one line. */
  readonly internal: boolean;
}

const margin = "  ";
/** What retains less than this is named only where each stack is listed by itself. */
const worthNaming = 4096;
const namedVariables = 3;
/** A path through a list can be long; its ends say most. */
const mostSteps = 12;

/** The groups as a person reads them: how many wait, for what, and where; innermost frame first. */
export function asyncText(
  untrusted: AsyncReport,
  { page, internal, all }: AsyncTextOptions & { readonly all: boolean },
): string {
  const report = printableData(untrusted);
  const { groups, findings, problems, suspendedFunctions, retainedBytes } = report;
  const own = groups.filter((group) => !group.internal);
  const ofNode = groups.filter((group) => group.internal);
  const links = linkFindings(findings);
  const blocks: (readonly string[])[] = [
    [
      page.colors.bold(
        `${formatCountOf(suspendedFunctions, "suspended function")} in ${formatCountOf(groups.length, "group")}, ${formatBytes(retainedBytes)} retained`,
      ),
    ],
    fileNote(report, page),
    ...(all ? [] : own.map((group) => groupText(group, { page, internal }))),
    ...(all ? [] : [foldedGroups(ofNode, { page, internal })]),
    ...findings.map((finding) => findingText(finding, links, page)),
    ...problems.map((problem) => problemText(problem, page)),
    howItWasTaken(report, page),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** Each stack by itself, with the variables of its functions. */
export function asyncStacksText(
  stacks: readonly AsyncStack[],
  report: AsyncReport,
  { page, internal, first }: AsyncTextOptions & { readonly first: boolean },
): string {
  const groups = new Map(report.groups.map((group) => [group.id, printableData(group)]));
  const blocks = printableData(stacks).map((stack) => {
    const group = groups.get(stack.group);
    const frames = stack.frames.map((frame) => {
      const known = group?.frames.find(
        (one) => one.kind === frame.kind && one.function === frame.function,
      );
      return { ...frame, awaits: known?.awaits ?? [], waiting: 1, repeated: 1 };
    });
    return [
      `suspended ${page.colors.dim(idsOf(stack))}  ${group ? waitsText(group, page) : ""}`,
      ...indent(framesText(frames, { page, internal, everyVariable: true }), margin),
    ].join("\n");
  });
  return `${first ? "" : "\n"}${blocks.join("\n\n")}\n\n`;
}

/** A file has no positions inside of functions. */
const fileNote = ({ target }: AsyncReport, page: Page): readonly string[] =>
  target.kind === "file"
    ? [
        page.colors.dim(
          "Lines are those where the functions begin: only a live process tells the await.",
        ),
      ]
    : [];

const idsOf = ({ frames }: AsyncStack): string => {
  const id = frames.find(({ objectId }) => objectId !== null)?.objectId;
  return id === undefined ? "" : `@${id}`;
};

function groupText(
  group: AsyncGroupDescription,
  { page, internal }: AsyncTextOptions,
): readonly string[] {
  const { bold, dim } = page.colors;
  const { count, retainedBytes, frames, waitsFor, threadId, promises } = group;
  const thread = threadId === 0 ? "" : dim(`  worker ${threadId}`);
  const several = promises > count ? dim(`  (${formatCount(promises)} promises)`) : "";
  const head = `${bold(formatCount(count))} × ${formatBytes(retainedBytes)}  ${waitsText(group, page)}${several}${thread}`;
  const path = pathLine(waitsFor.path);
  const width = page.proseWidth - margin.length;
  return [
    head,
    ...indent(framesText(frames, { page, internal, everyVariable: false }), margin),
    ...(path === "" ? [] : indent(wrap(`held by ${path}`, width, margin).map(dim), margin)),
  ];
}

function waitsText({ waitsFor, settledBy, isCycle }: AsyncGroupDescription, page: Page): string {
  const { red } = page.colors;
  if (isCycle && settledBy !== "program") return red("wait for each other: can never go on");
  const text = `waiting for ${wakerText(waitsFor)}`;
  return settledBy === "program" ? text : red(`${text}: can never go on`);
}

/** Node's own work in a line for each: not hidden, and not in the way. */
function foldedGroups(
  groups: readonly AsyncGroupDescription[],
  { page }: AsyncTextOptions,
): readonly string[] {
  if (groups.length === 0) return [];
  return [
    page.colors.bold("Only frames of Node itself"),
    ...groups.map(({ count, frames, waitsFor }) => {
      const names = frames.map((frame) => frame.function ?? frame.kind).join(" ← ");
      return page.colors.dim(
        `${margin}${formatCount(count)} × ${names}, waiting for ${wakerText(waitsFor)}`,
      );
    }),
  ];
}

type ShownFrame = Pick<
  AsyncFrameDescription,
  "kind" | "function" | "position" | "awaits" | "internal" | "waiting" | "repeated" | "variables"
>;

function framesText(
  frames: readonly ShownFrame[],
  { page, internal, everyVariable }: AsyncTextOptions & { readonly everyVariable: boolean },
): readonly string[] {
  const lines: string[] = [];
  let folded = 0;
  const flush = () => {
    if (folded > 0) {
      lines.push(page.colors.dim(`… ${formatCountOf(folded, "internal frame")}`));
    }
    folded = 0;
  };
  const most = frames.reduce((count, { waiting }) => Math.max(count, waiting), 0);
  for (const frame of frames) {
    if (frame.internal && !internal) {
      folded += frame.repeated;
      continue;
    }
    flush();
    lines.push(frameLine(frame, most, page));
    const variables = variablesText(frame.variables, everyVariable);
    if (variables !== "") lines.push(page.colors.dim(`${margin}keeps ${variables}`));
  }
  flush();
  return lines;
}

function frameLine(
  { kind, function: name, position, awaits, internal, waiting, repeated }: ShownFrame,
  most: number,
  page: Page,
): string {
  const place = placeText(name, position, awaits, page);
  const what =
    kind === "await" ? "async " : kind === "then" || kind === "finally" ? `${kind} ` : "";
  const text = position === null && name === null ? `at ${kind}` : `at ${what}${place}`;
  const times = repeated > 1 ? `  (${formatCount(repeated)} times)` : "";
  const fewer =
    waiting > 0 && waiting < most && repeated === 1 ? `  × ${formatCount(waiting)}` : "";
  const line = `${text}${times}${fewer}`;
  return internal ? page.colors.dim(`${line}  [internal]`) : line;
}

/** The line of the await where the process was asked; else where the function begins, and says so. */
function placeText(
  name: string | null,
  position: SourcePosition | null,
  awaits: AsyncFrameDescription["awaits"],
  page: Page,
): string {
  const called = name ?? "(anonymous)";
  const [first, ...others] = awaits;
  if (first === undefined) {
    if (position === null) return called;
    return `${called} (${formatNamedPlace({ ...position, function: null }, page)})`;
  }
  const places = [first, ...others].map(({ position: at, seen }) => {
    const place = formatNamedPlace({ ...at, function: null }, page);
    return others.length === 0 ? place : `${place} × ${seen}`;
  });
  return `${called} (${places.join(", ")})`;
}

function variablesText(variables: readonly AsyncVariable[], everyVariable: boolean): string {
  const worth = everyVariable
    ? variables
    : variables
        .filter(({ retainedBytes }) => retainedBytes >= worthNaming)
        .slice(0, namedVariables);
  return worth
    .map(({ name, value, objectId, retainedBytes }) => {
      const what = name === null ? value : `${name} ${value}`;
      return `${what} @${objectId} ${formatBytes(retainedBytes)}`;
    })
    .join(", ");
}

/** `globalThis.pool (Pool)._pendingQueue (Array)[3] (Object).callback`, in one line. */
function pathLine(path: readonly PathStep[]): string {
  const [first] = path;
  if (first === undefined) return "";
  const steps = path.map(({ edge, to }) => {
    const name = edge.startsWith("[") ? edge : /^[\w$#]+$/.test(edge) ? `.${edge}` : ` ‹${edge}›`;
    return to === "scope" || to === "Object" ? name : `${name} (${to})`;
  });
  const half = mostSteps / 2;
  const shown =
    steps.length <= mostSteps ? steps : [...steps.slice(0, half), " … ", ...steps.slice(-half)];
  return `${first.from}${shown.join("")}`;
}
