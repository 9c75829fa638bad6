import { join, resolve } from "node:path";
import {
  awaitInStep,
  bytes,
  ClewClient,
  CliError,
  plural,
  type PublishedVersion,
  publishFiles,
  readRun,
  recordCode,
  type RunNode,
  type Step,
  type StepLog,
  submitRun,
} from "@clew/cli";
import { digestOf, FINAL_RUN_STATES } from "@clew/schema";
import { PluginsDocument, type SubmitRunInput } from "@clew/schema/graphql";
import { setTimeout as delay } from "node:timers/promises";

export const NAMESPACE = "flights";
export const DATA = join(import.meta.dirname, "data");
const ROOT = resolve(import.meta.dirname, "../..");

export interface FlightsOptions {
  readonly url: string;
  readonly token: string;
  readonly log: StepLog;
}

/** What the examples do, a line on the terminal for each step. What was done before with the same content is found again: idempotency keys derive from it. */
export class FlightsClient {
  readonly client: ClewClient;
  readonly log: StepLog;

  constructor({ url, token, log }: FlightsOptions) {
    this.client = new ClewClient({ url, token });
    this.log = log;
  }

  /**
   * A version of a dataset from files: names below `data/`, or absolute paths.
   * @param derivedFrom ids of the dataset versions that it was made from
   */
  publish(dataset: string, files: readonly string[], derivedFrom: readonly string[] = []): Promise<PublishedVersion> {
    const key = `${NAMESPACE}/${dataset}`;
    const paths = files.map((file) => resolve(DATA, file));
    return this.inStep(`publish ${key}`, async (step) => {
      const onProgress = (detail: string) => step.update(detail);
      const version = await publishFiles(this.client, { key, paths, derivedFrom, onProgress });
      step.done(`${version.key}, ${plural(version.rows ?? 0, "row")}, ${bytes(version.sizeBytes)}`);
      return version;
    });
  }

  recordCode(): Promise<string> {
    return this.inStep("record the code", async (step) => {
      const code = await recordCode(this.client, ROOT, { namespace: NAMESPACE, name: "clew" });
      step.done(`commit ${code.commit.slice(0, 12)}${code.dirtyDigest === null ? "" : " with uncommitted changes"}`);
      return code.id;
    });
  }

  /** The plugin's name and its newest version, once a runner has offered it. */
  async plugin(name: string): Promise<{ plugin: string; pluginVersion: string }> {
    for (const deadline = Date.now() + 60_000; ; await delay(500)) {
      const { plugins } = await this.client.request(PluginsDocument, { first: 500 });
      const plugin = plugins.nodes.find((one) => one.name === name);
      if (plugin !== undefined) return { plugin: name, pluginVersion: plugin.pluginVersion };
      if (Date.now() > deadline) throw new CliError(`no runner has offered ${name}`, { code: "PLUGIN_UNKNOWN" });
    }
  }

  /** One result for one input: a run that an earlier start ended with success, or goes on still, is taken; one that failed is tried again. */
  run(title: string, input: SubmitRunInput): Promise<RunNode> {
    return this.inStep(title, async (step) => {
      for (let tries = 1; ; tries += 1) {
        const id = await submitRun(this.client, input, `flights:${digestOf(input)}:${tries}`);
        const known = await readRun(this.client, id);
        if (known.state === "SUCCEEDED") {
          step.done(`done at an earlier start by ${id}`);
          return known;
        }
        if (FINAL_RUN_STATES.has(known.state)) continue;
        return this.#succeeded(title, id, step);
      }
    });
  }

  /** Waits for a run that goes on already. */
  await(title: string, id: string): Promise<RunNode> {
    return this.inStep(title, (step) => this.#succeeded(title, id, step));
  }

  async #succeeded(title: string, id: string, step: Step): Promise<RunNode> {
    const run = await awaitInStep(this.client, id, step);
    if (run.state === "SUCCEEDED") return run;
    throw new CliError(`${title}: the run ${run.state.toLowerCase()}`, { advice: `\`clew show ${id}\` tells more` });
  }

  async inStep<T>(title: string, work: (step: Step) => Promise<T>): Promise<T> {
    const step = this.log.step(title);
    try {
      return await work(step);
    } catch (error) {
      step.failed("see below");
      throw error;
    }
  }
}

export function outputOf({ outputs }: RunNode, role: string): string {
  const output = outputs.find((one) => one.role === role);
  if (output === undefined) throw new CliError(`the run has no output ${role}`);
  return output.node.id;
}
