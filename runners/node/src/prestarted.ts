import {
  changedPaths,
  type JobGuard,
  mayPrestart,
  prestart,
  type ProcessGroup,
  type Snapshot,
  snapshot,
} from "@clew/plugin-sdk/host";
import type { HostedPlugin } from "./hosted-plugins.ts";

export interface PrestartedOptions {
  readonly guard: JobGuard;
  readonly secrets: Readonly<Record<string, string>>;
  readonly compileCacheDir: string;
  /** How long a process may wait for its job; none is started where 0. */
  readonly keepMs: number;
}

interface Held {
  readonly process: ProcessGroup;
  /** The plugin's files as they were before it started. */
  readonly files: Snapshot;
  readonly timer: NodeJS.Timeout;
}

/** For each plugin that allows it one process that was started before its job; each does one job. */
export class Prestarted {
  readonly #options: PrestartedOptions;
  /** By the plugin's folder. */
  readonly #held = new Map<string, Held>();
  #isClosed = false;

  constructor(options: PrestartedOptions) {
    this.#options = options;
  }

  /** Null where there is none, or the plugin's files are not those that it has loaded. */
  async take({ dir }: HostedPlugin): Promise<ProcessGroup | null> {
    const held = this.#release(dir);
    if (held === undefined) return null;
    const files = await filesOf(dir);
    if (files !== null && changedPaths(held.files, files).length === 0) return held.process;
    held.process.discard();
    return null;
  }

  /** Sees to it that there is one for the plugin's next job. */
  async keep({ dir: pluginDir, manifest }: HostedPlugin): Promise<void> {
    const { guard, keepMs, secrets, compileCacheDir } = this.#options;
    if (keepMs === 0 || !mayPrestart(manifest)) return;
    const files = await filesOf(pluginDir);
    if (files === null || this.#isClosed || this.#held.has(pluginDir)) return;
    const process = prestart({ pluginDir, manifest, secrets, compileCacheDir }, guard);
    const discard = () => this.#release(pluginDir)?.process.discard();
    this.#held.set(pluginDir, { process, files, timer: setTimeout(discard, keepMs) });
    void process.exited.then(() => {
      if (this.#held.get(pluginDir)?.process === process) discard();
    });
  }

  /** Ends those that wait; none is started any more. */
  close(): void {
    this.#isClosed = true;
    for (const dir of this.#held.keys()) this.#release(dir)?.process.discard();
  }

  #release(dir: string): Held | undefined {
    const held = this.#held.get(dir);
    clearTimeout(held?.timer);
    this.#held.delete(dir);
    return held;
  }
}

/** Null where they cannot be read. Packages are not looked through: who installs others starts the runner again. */
function filesOf(dir: string): Promise<Snapshot | null> {
  return snapshot(dir, ["node_modules"]).catch(() => null);
}
