import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobInput, JobMessage, PluginManifest } from "@clew/schema";
import type { JobOutcome, JobSpec } from "../host/job-spec.ts";
import { runJob } from "../host/run-job.ts";
import { FixtureWatch } from "./fixture-watch.ts";
import { type Fixture, layInputs } from "./fixture.ts";

export interface Trial {
  outcome: JobOutcome;
  messages: JobMessage[];
  /** What a job that watches was given, and has seen; null for others. */
  watch: FixtureWatch | null;
  /** Holds the job's folders: `input`, `output`, `home`, `tmp`. */
  dir: string;
}

/** Runs a plugin's fixture as often as asked, each time in a fresh folder. */
export class Workshop {
  readonly pluginDir: string;
  readonly manifest: PluginManifest;
  readonly fixture: Fixture;
  /** A cancelled job is sent SIGTERM after half of it and SIGKILL at its end. */
  readonly graceMs: number;
  readonly #root: string;
  #count = 0;

  private constructor(pluginDir: string, manifest: PluginManifest, fixture: Fixture, graceMs: number, root: string) {
    this.pluginDir = pluginDir;
    this.manifest = manifest;
    this.fixture = fixture;
    this.graceMs = graceMs;
    this.#root = root;
  }

  static async open(pluginDir: string, manifest: PluginManifest, fixture: Fixture, graceMs: number): Promise<Workshop> {
    return new Workshop(pluginDir, manifest, fixture, graceMs, await mkdtemp(join(tmpdir(), "clew-conformance-")));
  }

  async close(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }

  /** @param given what differs from the fixture's job. */
  async try(given: Partial<JobSpec> = {}): Promise<Trial> {
    const { dir, inputs } = await this.#prepare();
    const messages: JobMessage[] = [];
    let watch: FixtureWatch | null = null;
    const outcome = await runJob({
      pluginDir: this.pluginDir,
      manifest: this.manifest,
      inputDir: join(dir, "input"),
      outputDir: join(dir, "output"),
      parameters: this.fixture.parameters,
      inputs,
      seed: this.fixture.seed,
      runId: `conformance-${this.#count}`,
      attempt: 1,
      secrets: this.fixture.secrets,
      graceMs: this.graceMs,
      env: { HOME: join(dir, "home"), TMPDIR: join(dir, "tmp") },
      ...given,
      onReady: (tell) => {
        if (this.manifest.watches === true) watch = new FixtureWatch(this.fixture.observations, tell);
      },
      onMessage: async (message) => {
        messages.push(message);
        watch?.hear(message);
        await given.onMessage?.(message);
      },
    });
    return { outcome, messages, watch, dir };
  }

  /** A job's folders with its inputs, as it finds them; resolves with their parent. */
  async layOut(): Promise<string> {
    return (await this.#prepare()).dir;
  }

  async #prepare(): Promise<{ dir: string; inputs: Record<string, JobInput[]> }> {
    this.#count += 1;
    const dir = join(this.#root, String(this.#count));
    for (const name of ["input", "output", "home", "tmp"]) await mkdir(join(dir, name), { recursive: true });
    return { dir, inputs: await layInputs(this.pluginDir, this.fixture, this.manifest, join(dir, "input")) };
  }
}
