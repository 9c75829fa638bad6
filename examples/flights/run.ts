import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  awaitInStep,
  bytes,
  ClewClient,
  CliError,
  detailsOf,
  evaluationTable,
  paintFor,
  plural,
  type PublishedVersion,
  publishFiles,
  readReport,
  readRun,
  recordCode,
  renderTree,
  type RunNode,
  type Step,
  type StepLog,
  submitRun,
  traceFrom,
  type TraceOptions,
} from "@clew/cli";
import { digestOf, FINAL_RUN_STATES } from "@clew/schema";
import { PluginsDocument, type SubmitRunInput } from "@clew/schema/graphql";
import { setTimeout as delay } from "node:timers/promises";

/**
 * A model of delayed flights from New York in 2013, with its whole lineage: January to March are published as versions of a dataset and
 * trained on, April is published and the model evaluated on it. What was done at an earlier start is found again and not done twice:
 * idempotency keys derive from content.
 */

const NAMESPACE = "flights";
const MODEL = "flights/arrival-delay";
const HERE = import.meta.dirname;
const ROOT = resolve(HERE, "../..");
const SEED = 2013;

export interface FlightsOptions {
  readonly url: string;
  readonly token: string;
  readonly log: StepLog;
}

export async function runFlights({ url, token, log }: FlightsOptions): Promise<void> {
  const example = new FlightsExample(new ClewClient({ url, token }), log);
  const tables = await example.publishTables();
  const january = await example.publishMonth("01");
  const months = [january, await example.publishMonth("02"), await example.publishMonth("03")];
  const code = await example.recordCode();
  const model = await example.train(months, tables, code);
  const april = await example.publishMonth("04");
  const report = await example.evaluate(model, april, tables, code);
  await example.tell(model, january.id, report);
}

class FlightsExample {
  readonly #client: ClewClient;
  readonly #log: StepLog;

  constructor(client: ClewClient, log: StepLog) {
    this.#client = client;
    this.#log = log;
  }

  /** What stands beside the flights, by name. */
  async publishTables(): Promise<Record<"weather" | "planes", string>> {
    const [weather, planes] = [await this.#publish("weather"), await this.#publish("planes")];
    await this.#publish("airlines");
    await this.#publish("airports");
    return { weather: weather.id, planes: planes.id };
  }

  publishMonth(month: string): Promise<PublishedVersion> {
    return this.#publish("flights", `flights-2013-${month}.parquet`);
  }

  async #publish(dataset: string, file = `${dataset}.parquet`): Promise<PublishedVersion> {
    const key = `${NAMESPACE}/${dataset}`;
    return this.#inStep(`publish ${file}`, async (step) => {
      const onProgress = (detail: string) => step.update(detail);
      const version = await publishFiles(this.#client, { key, paths: [join(HERE, "data", file)], onProgress });
      step.done(`${version.key}, ${plural(version.rows ?? 0, "row")}, ${bytes(version.sizeBytes)}`);
      return version;
    });
  }

  async recordCode(): Promise<string> {
    return this.#inStep("record the code", async (step) => {
      const code = await recordCode(this.#client, ROOT, { namespace: NAMESPACE, name: "clew" });
      step.done(`commit ${code.commit.slice(0, 12)}${code.dirtyDigest === null ? "" : " with uncommitted changes"}`);
      return code.id;
    });
  }

  /** Answers the model version's id. */
  async train(
    months: readonly PublishedVersion[],
    tables: Record<"weather" | "planes", string>,
    code: string,
  ): Promise<string> {
    const run = await this.#run("train on January to March", {
      namespace: NAMESPACE,
      name: "train arrival-delay",
      ...(await this.#plugin("train-tfjs")),
      parameters: parametersIn("training.json"),
      inputs: [...months.map(({ id }) => ({ role: "data", node: id })), ...joined(tables)],
      outputs: [{ role: "model", key: MODEL }],
      code,
      seed: SEED,
    });
    return outputOf(run, "model");
  }

  /** Answers the report's id. */
  async evaluate(
    model: string,
    month: PublishedVersion,
    tables: Record<"weather" | "planes", string>,
    code: string,
  ): Promise<string> {
    const run = await this.#run("evaluate on April", {
      namespace: NAMESPACE,
      name: "evaluate arrival-delay",
      ...(await this.#plugin("evaluate-tabular")),
      parameters: parametersIn("evaluation.json"),
      inputs: [{ role: "model", node: model }, { role: "data", node: month.id }, ...joined(tables)],
      code,
      seed: SEED,
    });
    return outputOf(run, "report");
  }

  /** The plugin's name and its newest version, once a runner has offered it. */
  async #plugin(name: string): Promise<{ plugin: string; pluginVersion: string }> {
    for (const deadline = Date.now() + 60_000; ; await delay(500)) {
      const { plugins } = await this.#client.request(PluginsDocument, { first: 500 });
      const plugin = plugins.nodes.find((one) => one.name === name);
      if (plugin !== undefined) return { plugin: name, pluginVersion: plugin.pluginVersion };
      if (Date.now() > deadline) throw new CliError(`no runner has offered ${name}`, { code: "PLUGIN_UNKNOWN" });
    }
  }

  /** One result for one input: a run that an earlier start ended with success, or goes on still, is taken; one that failed is tried again. */
  async #run(title: string, input: SubmitRunInput): Promise<RunNode> {
    return this.#inStep(title, async (step) => {
      for (let tries = 1; ; tries += 1) {
        const id = await submitRun(this.#client, input, `flights:${digestOf(input)}:${tries}`);
        const known = await readRun(this.#client, id);
        if (known.state === "SUCCEEDED") {
          step.done(`done at an earlier start by ${id}`);
          return known;
        }
        if (FINAL_RUN_STATES.has(known.state)) continue;
        const run = await awaitInStep(this.#client, id, step);
        if (run.state === "SUCCEEDED") return run;
        throw new CliError(`${title}: the run ${run.state.toLowerCase()}`, {
          advice: `\`clew show ${id}\` tells more`,
        });
      }
    });
  }

  /** Where the model comes from, what became of January, and how good the model is. */
  async tell(model: string, january: string, report: string): Promise<void> {
    const paint = paintFor(process.stdout);
    this.#log.print("", paint("bold", "What the model is made of"));
    this.#log.print(...(await this.#tree(model, { direction: "UPSTREAM" }, true)));
    this.#log.print("", paint("bold", "What became of January"));
    this.#log.print(
      ...(await this.#tree(january, { direction: "DOWNSTREAM", follow: ["MATERIAL", "SUBJECT"] }, false)),
    );
    const { metrics } = await readReport(this.#client, report);
    this.#log.print("", paint("bold", "The model on April, and against its baselines (95 % intervals, paired)"));
    this.#log.print(...evaluationTable(metrics, paint));
    this.#log.print("", `\`npm run clew -- show ${report}\` shows the report with its slices`);
  }

  async #tree(id: string, options: TraceOptions, withDetails: boolean): Promise<string[]> {
    const paint = paintFor(process.stdout);
    const trace = await traceFrom(this.#client, id, options);
    const details = withDetails
      ? await detailsOf(this.#client, trace, { files: true, columns: true }, paint)
      : undefined;
    return renderTree(trace, paint, details);
  }

  async #inStep<T>(title: string, work: (step: Step) => Promise<T>): Promise<T> {
    const step = this.#log.step(title);
    try {
      return await work(step);
    } catch (error) {
      step.failed("see below");
      throw error;
    }
  }
}

function joined(tables: Record<"weather" | "planes", string>): { role: string; node: string }[] {
  return Object.values(tables).map((node) => ({ role: "join", node }));
}

function parametersIn(file: string): unknown {
  return JSON.parse(readFileSync(join(HERE, file), "utf8"));
}

function outputOf({ outputs }: RunNode, role: string): string {
  const output = outputs.find((one) => one.role === role);
  if (output === undefined) throw new CliError(`the run has no output ${role}`);
  return output.node.id;
}
