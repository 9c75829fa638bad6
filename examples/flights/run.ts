import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  detailsOf,
  evaluationTable,
  paintFor,
  type PublishedVersion,
  readReport,
  renderTree,
  traceFrom,
  type TraceOptions,
} from "@clew/cli";
import { FlightsClient, type FlightsOptions, NAMESPACE, outputOf } from "./flights-client.ts";

/**
 * A model of delayed flights from New York in 2013, with its whole lineage: January to March are published as versions of a dataset and
 * trained on, April is published and the model evaluated on it. What was done at an earlier start is found again and not done twice.
 */

const MODEL = "flights/arrival-delay";
const SEED = 2013;

type Tables = Readonly<Record<"weather" | "planes", string>>;

export async function runExample(options: FlightsOptions): Promise<void> {
  const example = new FlightsExample(new FlightsClient(options));
  const tables = await example.publishTables();
  const january = await example.publishMonth("01");
  const months = [january, await example.publishMonth("02"), await example.publishMonth("03")];
  const code = await example.flights.recordCode();
  const model = await example.train(months, tables, code);
  const april = await example.publishMonth("04");
  const report = await example.evaluate(model, april, tables, code);
  await example.tell(model, january.id, report);
}

class FlightsExample {
  readonly flights: FlightsClient;

  constructor(flights: FlightsClient) {
    this.flights = flights;
  }

  /** What stands beside the flights, by name. */
  async publishTables(): Promise<Tables> {
    const publish = (dataset: string) => this.flights.publish(dataset, [`${dataset}.parquet`]);
    const [weather, planes] = [await publish("weather"), await publish("planes")];
    await publish("airlines");
    await publish("airports");
    return { weather: weather.id, planes: planes.id };
  }

  publishMonth(month: string): Promise<PublishedVersion> {
    return this.flights.publish("flights", [`flights-2013-${month}.parquet`]);
  }

  /** Answers the model version's id. */
  async train(months: readonly PublishedVersion[], tables: Tables, code: string): Promise<string> {
    const run = await this.flights.run("train on January to March", {
      namespace: NAMESPACE,
      name: "train arrival-delay",
      ...(await this.flights.plugin("train-tfjs")),
      parameters: parametersIn("training.json"),
      inputs: [...months.map(({ id }) => ({ role: "data", node: id })), ...joined(tables)],
      outputs: [{ role: "model", key: MODEL }],
      code,
      seed: SEED,
    });
    return outputOf(run, "model");
  }

  /** Answers the report's id. */
  async evaluate(model: string, month: PublishedVersion, tables: Tables, code: string): Promise<string> {
    const run = await this.flights.run("evaluate on April", {
      namespace: NAMESPACE,
      name: "evaluate arrival-delay",
      ...(await this.flights.plugin("evaluate-tabular")),
      parameters: parametersIn("evaluation.json"),
      inputs: [{ role: "model", node: model }, { role: "data", node: month.id }, ...joined(tables)],
      code,
      seed: SEED,
    });
    return outputOf(run, "report");
  }

  /** Where the model comes from, what became of January, and how good the model is. */
  async tell(model: string, january: string, report: string): Promise<void> {
    const { client, log } = this.flights;
    const paint = paintFor(process.stdout);
    log.print("", paint("bold", "What the model is made of"));
    log.print(...(await this.#tree(model, { direction: "UPSTREAM" }, true)));
    log.print("", paint("bold", "What became of January"));
    log.print(...(await this.#tree(january, { direction: "DOWNSTREAM", follow: ["MATERIAL", "SUBJECT"] }, false)));
    const { metrics } = await readReport(client, report);
    log.print("", paint("bold", "The model on April, and against its baselines (95 % intervals, paired)"));
    log.print(...evaluationTable(metrics, paint));
    log.print("", `\`npm run clew -- show ${report}\` shows the report with its slices`);
  }

  async #tree(id: string, options: TraceOptions, withDetails: boolean): Promise<string[]> {
    const { client } = this.flights;
    const paint = paintFor(process.stdout);
    const trace = await traceFrom(client, id, options);
    const details = withDetails ? await detailsOf(client, trace, { files: true, columns: true }, paint) : undefined;
    return renderTree(trace, paint, details);
  }
}

function joined(tables: Tables): { role: string; node: string }[] {
  return Object.values(tables).map((node) => ({ role: "join", node }));
}

function parametersIn(file: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8"));
}
