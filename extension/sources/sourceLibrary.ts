import type { RegisterSite } from "../protocol/finding.ts";
import type { SourcePosition } from "../protocol/sourcePosition.ts";
import { afterAwait } from "./awaits.ts";
import { areAllCallbacksKnown, type CallbackMatch, matchCallback } from "./cleanupCallback.ts";
import { localPath } from "./fileUrl.ts";
import {
  type FunctionNode,
  functionAt,
  isSameBeginning,
  isSamePlace,
  tokenOffset,
} from "./functionAt.ts";
import { enclosingFunction, functionName } from "./functionName.ts";
import { inlineCallback } from "./inlineCallback.ts";
import type { ModuleIndex } from "./moduleIndex.ts";
import { createModuleLoader, type GrowingModuleSet } from "./moduleLoader.ts";
import { offsetOf, placeAt, startOf } from "./parseScript.ts";
import { createPositions } from "./positions.ts";
import { type RegistryCreation, registerCalls } from "./registries.ts";
import { createScriptTexts } from "./scriptTexts.ts";
import type { GeneratedPlace, ScriptReference, SourceLoaders } from "./sourceLoaders.ts";

export interface CallbackAnswer {
  /**
   * `certain`: the function itself is passed to a registry. `likely`: it is passed through a wrapper.
   * `none`: no registry has it. `open`: a source isn't available, or some registry's callback can't be
   * resolved, so that `none` can't be said.
   */
  readonly proof: "certain" | "likely" | "none" | "open";
  /** One sentence for the user. */
  readonly reason: string;
  /** The function is also called by name, or passed to something that is no registry. */
  readonly alsoUsedElsewhere: boolean;
  /** `current` lies after an await of this async function: a continuation, not the callback itself. */
  readonly afterFirstAwait: boolean;
}

export interface RegistryFacts {
  readonly createdAt: SourcePosition | null;
  readonly callback: SourcePosition;
  /** The lines that call `register` on it, as far as the text tells; certainty is `candidate`. */
  readonly registeredAt: readonly RegisterSite[];
}

/** From scripts and generated positions to the user's files and to what the source text says of registries. */
export interface SourceLibrary {
  /** Never rejects: without script or map the generated position is returned. */
  position(
    script: ScriptReference,
    place: GeneratedPlace,
    functionName: string | null,
  ): Promise<SourcePosition>;
  /** The text of a file that an earlier position names: from its source map, or the script's own. Else null. */
  text(file: string): Promise<string | null>;
  /** Whether the function that begins at (or encloses) a place is a registry's cleanup callback. */
  cleanupCallbackAt(
    script: ScriptReference,
    functionStart: GeneratedPlace,
    current: GeneratedPlace | null,
  ): Promise<CallbackAnswer>;
  /** What is known of the registries whose callback is that function; null when there are none. */
  registryOf(script: ScriptReference, functionStart: GeneratedPlace): Promise<RegistryFacts | null>;
  /** Whether `registryOf` answers in some tenths of a second: it reads the whole script, which may be a bundle. */
  isQuicklyRead(script: ScriptReference): Promise<boolean>;
  /** Whether two places are beginnings of one function, by whichever of V8's two ideas of it. */
  sameFunction(script: ScriptReference, a: GeneratedPlace, b: GeneratedPlace): Promise<boolean>;
}

interface FoundFunction {
  readonly module: ModuleIndex;
  readonly node: FunctionNode;
  readonly set: GrowingModuleSet;
}

/** In UTF-16 units: a shorter script is parsed in less than some tenths of a second. */
const cheaplyParsed = 500_000;

/** Likewise: two million take about half a second. */
const quicklyRead = 2_000_000;

/** One library per target: texts, source maps and syntax trees are kept for as long as it lives. */
export function createSourceLibrary(loaders: SourceLoaders): SourceLibrary {
  const texts = createScriptTexts(loaders);
  const positions = createPositions(texts);
  const loader = createModuleLoader(texts);
  const matches = new Map<FunctionNode, Promise<CallbackMatch>>();

  async function findFunction(
    script: ScriptReference,
    place: GeneratedPlace,
  ): Promise<FoundFunction | "no-text" | "no-code" | "no-such-place" | "top-level"> {
    const module = await loader.load(script);
    if (module === null) return (await texts.load(script)) === null ? "no-text" : "no-code";
    const offset = offsetOf(module.script.text, place);
    if (offset === null) return "no-such-place";
    const node = functionAt(module.functions, offset);
    return node === null ? "top-level" : { module, node, set: loader.createSet(module) };
  }

  function match({ module, node, set }: FoundFunction): Promise<CallbackMatch> {
    let known = matches.get(node);
    if (known === undefined) {
      known = matchCallback(set, module, node);
      matches.set(node, known);
    }
    return known;
  }

  function shown(
    module: ModuleIndex,
    place: GeneratedPlace,
    owner: FunctionNode | null,
  ): Promise<SourcePosition> {
    return positions.position(
      loader.referenceOf(module),
      place,
      owner === null ? null : functionName(module, owner),
    );
  }

  /** The answer for the commonest shape, without a parse: null when it is another one. */
  async function inlineAnswer(
    script: ScriptReference,
    functionStart: GeneratedPlace,
    current: GeneratedPlace | null,
  ): Promise<CallbackAnswer | null> {
    const text = (await texts.load(script))?.text ?? "";
    const offset = offsetOf(text, functionStart);
    const inline = offset === null ? null : inlineCallback(text, offset);
    if (inline === null) return null;
    const now = current === null ? null : offsetOf(text, current);
    const { node, start, creation } = inline;
    const resumed = node === null || now === null ? "no" : afterAwait(node, now - start);
    const { line, column } = placeAt(text, creation);
    const place = `${localPath(script.url)}:${line}:${column}`;
    return provedAnswer("itself", [place], false, resumed);
  }

  async function registerSites(
    set: GrowingModuleSet,
    creations: readonly RegistryCreation[],
  ): Promise<readonly RegisterSite[]> {
    const sites = new Map<string, RegisterSite>();
    for (const creation of creations) {
      let calls = registerCalls(set, creation);
      // The receiver may come from modules that only its evaluation showed to matter.
      if (await set.addWished()) calls = registerCalls(set, creation);
      for (const { module, call, offset } of calls) {
        const place = placeAt(module.script.text, offset);
        const position = await shown(module, place, enclosingFunction(module, call));
        const key = `${position.file}:${position.line}:${position.column}`;
        sites.set(key, { position, count: null, certainty: "candidate" });
      }
    }
    return [...sites.values()];
  }

  return {
    position: positions.position,
    text: positions.text,
    async cleanupCallbackAt(script, functionStart, current) {
      // The list of scripts comes second: fetching thousands of texts from a busy process takes time.
      if (!(await mentionsRegistry(script)) && (await loader.registryScripts())?.length === 0) {
        return answer("none", "No script of this process mentions FinalizationRegistry.");
      }
      if (await isApart(script)) {
        return answer(
          "none",
          "The callbacks of all registries are known, and none is of the function's script.",
        );
      }
      const inline = await inlineAnswer(script, functionStart, current);
      if (inline !== null) return inline;
      const found = await findFunction(script, functionStart);
      const file = localPath(script.url) || "a script without a name";
      if (found === "no-text") {
        return answer("open", `The source of the function in ${file} is not available.`);
      }
      if (found === "no-code") {
        return answer("open", `The source of the function in ${file} could not be parsed.`);
      }
      if (found === "no-such-place") {
        return answer("open", `${file} has no line ${functionStart.line}: it is not what runs.`);
      }
      if (found === "top-level") {
        return answer("none", "The code runs at the top level of its script.");
      }
      const matched = await match(found);
      const offset = current === null ? null : offsetOf(found.module.script.text, current);
      const resumed = offset === null ? "no" : afterAwait(found.node, offset);
      return describe(matched, resumed);
    },
    async registryOf(script, functionStart) {
      const found = await findFunction(script, functionStart);
      if (typeof found === "string") return null;
      const matched = await match(found);
      if (matched.proof !== "certain" && matched.proof !== "likely") return null;
      const [first] = matched.creations;
      if (first === undefined) return null;
      const { module, node } = found;
      const set = loader.createSet(first.module);
      await set.addRelated([module, ...matched.creations.map((creation) => creation.module)]);
      return {
        createdAt: await shown(
          first.module,
          startOf(first.node),
          enclosingFunction(first.module, first.node),
        ),
        callback: await shown(
          module,
          placeAt(module.script.text, tokenOffset(module.script.text, node)),
          node,
        ),
        registeredAt: await registerSites(set, matched.creations),
      };
    },
    async isQuicklyRead(script) {
      return ((await texts.load(script))?.text.length ?? 0) <= quicklyRead;
    },
    async sameFunction(script, a, b) {
      if (isSamePlace(a, b)) return true;
      const text = (await texts.load(script))?.text;
      if (text === undefined) return false;
      const one = offsetOf(text, a);
      const other = offsetOf(text, b);
      return one !== null && other !== null && isSameBeginning(text, one, other);
    },
  };

  /**
   * True when the other scripts settle that a long script has no callback: it neither mentions registries
   * nor has to do with a script that does. It spares the parse of a bundle.
   */
  async function isApart(script: ScriptReference): Promise<boolean> {
    const text = (await texts.load(script))?.text;
    if (text === undefined || text.length < cheaplyParsed) return false;
    if (await mentionsRegistry(script)) return false;
    const [first] = (await loader.registryScripts()) ?? [];
    if (first === undefined || !(await loader.standsAlone(script))) return false;
    const module = await loader.load(first);
    return module !== null && areAllCallbacksKnown(loader.createSet(module));
  }

  async function mentionsRegistry(script: ScriptReference): Promise<boolean> {
    const loaded = await texts.load(script);
    return loaded === null || loaded.text.includes("FinalizationRegistry");
  }
}

function answer(proof: CallbackAnswer["proof"], reason: string): CallbackAnswer {
  return { proof, reason, alsoUsedElsewhere: false, afterFirstAwait: false };
}

function describe(match: CallbackMatch, resumed: "sure" | "possible" | "no"): CallbackAnswer {
  if (match.proof === "none") {
    return answer(
      "none",
      match.because === "confined"
        ? "The function is never passed to a FinalizationRegistry."
        : "The callbacks of all registries are known, and this function is none of them.",
    );
  }
  if (match.proof === "open") {
    if (match.handedTo !== null) {
      return answer(
        "open",
        `The function is passed to the object made at ${creationPlace(match.handedTo)}, and whether that is a FinalizationRegistry can't be told from the source.`,
      );
    }
    return answer(
      "open",
      match.unresolved === null
        ? "No registry with this callback was found, but not all scripts could be searched."
        : `Which callback is passed to the registry at ${creationPlace(match.unresolved)} can't be told from the source.`,
    );
  }
  return provedAnswer(
    match.through,
    match.creations.map(creationPlace),
    match.alsoUsedElsewhere,
    resumed,
  );
}

function provedAnswer(
  through: "itself" | "wrapper" | "unproven",
  [first, ...others]: readonly string[],
  alsoUsedElsewhere: boolean,
  resumed: "sure" | "possible" | "no",
): CallbackAnswer {
  const place = first === undefined ? "" : ` at ${first}`;
  const more = others.length < 1 ? "" : ` and ${others.length} more`;
  const how = {
    itself: "The function is the cleanup callback of the registry",
    wrapper: "The function is passed through a wrapper to the registry",
    unproven: "The function is passed to what is very likely a registry,",
  }[through];
  const isContinuation = resumed === "sure";
  const note = isContinuation
    ? ", and runs after an await of it"
    : resumed === "possible"
      ? ", but may have been resumed after an await"
      : alsoUsedElsewhere
        ? ", but is used elsewhere too"
        : "";
  return {
    proof: through !== "itself" || resumed === "possible" ? "likely" : "certain",
    reason: `${how} made${place}${more}${note}.`,
    alsoUsedElsewhere,
    afterFirstAwait: isContinuation,
  };
}

function creationPlace({ module, node }: RegistryCreation): string {
  const { line, column } = startOf(node);
  return `${localPath(module.script.url)}:${line}:${column}`;
}
