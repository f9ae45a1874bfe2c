import type { CloseOutcome } from "../../protocol/analysisApi.ts";
import type { UserError } from "../../protocol/errors.ts";
import { type WantedTarget, WatchedTarget, type WatchedTargetOptions } from "./watchedTarget.ts";

/** What the window watches, in the order in which the user chose it. */
export class TargetList {
  readonly #options: Omit<WatchedTargetOptions, "wanted" | "onChange">;
  readonly #targets = new Map<string, WatchedTarget>();
  readonly #listeners = new Set<() => void>();

  constructor(options: Omit<WatchedTargetOptions, "wanted" | "onChange">) {
    this.#options = options;
    options.owner.onLost((error: UserError) => {
      for (const target of this.all) target.lost(error);
    });
  }

  get all(): readonly WatchedTarget[] {
    return [...this.#targets.values()];
  }

  find(key: string): WatchedTarget | undefined {
    return this.#targets.get(key);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** The target of this choice; one that is over is begun anew. */
  add(wanted: WantedTarget): WatchedTarget {
    const known = this.#targets.get(wanted.key);
    if (known && known.state.phase.kind !== "over") return known;
    const target = new WatchedTarget({ ...this.#options, wanted, onChange: () => this.#tell() });
    this.#targets.set(wanted.key, target);
    this.#tell();
    return target;
  }

  /** Stops watching it and puts it back as it was. */
  async remove(key: string): Promise<CloseOutcome> {
    const target = this.#targets.get(key);
    if (!target) return { leftBehind: null };
    this.#targets.delete(key);
    this.#tell();
    return target.dispose();
  }

  async dispose(): Promise<void> {
    await Promise.allSettled([...this.#targets.keys()].map((key) => this.remove(key)));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
