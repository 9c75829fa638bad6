import { setTimeout as delay } from "node:timers/promises";
import { accepted, awaitRun, CliError, paintFor, plural, sendLabels, submitRun } from "@clew/cli";
import { LABELS_MAX, parseKey } from "@clew/schema";
import {
  AlertsDocument,
  CreateEndpointDocument,
  CreateTriggerDocument,
  EndpointDocument,
  ModelVersionsDocument,
  PublishPipelineVersionDocument,
  ReportsDocument,
  RunsDocument,
  SetAliasDocument,
  StartPipelineDocument,
} from "@clew/schema/graphql";
import { FlightsClient, type FlightsOptions, NAMESPACE } from "../flights-client.ts";
import type { Deliveries } from "./deliveries.ts";
import { type Flight, flightsOf, HALVES } from "./flights.ts";
import { eveningKpi, type Kpi, kpiOf, LATE_MINUTES } from "./kpi.ts";
import { MONITORING, WINDOW_ROWS } from "./monitor.ts";
import { CHAMPION, ENDPOINT, MODEL, PIPELINES, TRIGGERS } from "./loop.ts";
import { People } from "./people.ts";
import { type MonthLine, tableLines } from "./table.ts";
import { ask, type Asked } from "./traffic.ts";

/** From this probability on passengers are warned. */
const WARN_FROM = 0.3;
const BEFORE = ["01", "02", "03"];
const MONTHS = ["04", "05", "06", "07", "08", "09", "10", "11", "12"];
/** The training part of the newest half months, and the one that judges. */
const RECENT_HALVES = 7;
const PLUGINS = ["validate-tabular", "prepare-tabular", "train-tfjs", "evaluate-tabular", "serve-models", "monitor"];
/** What is planted: a delivery that is spoilt, a training that goes wrong, a deployment that should not be. */
const SPOILT_DELIVERY = "2013-08/1";
const BAD_TRAINING = "2013-09";
const BAD_DEPLOYMENT = "2013-11";
const POLL_MS = 300;
const WAIT_MS = 180_000;

/** Plays the year: the airports' deliveries, the passengers' board that asks, and the outcomes that come after it. What reacts to that is Clew. */
export class Year {
  readonly #flights: FlightsClient;
  readonly #deliveries: Deliveries;
  readonly #delivered: string[] = [];
  #monitor = "";
  #asked = 0;
  #champion = "";
  readonly #people: People;
  /** What a gate has rejected, for somebody who lets it go live all the same. */
  #rejected = "";

  constructor(options: FlightsOptions, deliveries: Deliveries) {
    this.#flights = new FlightsClient(options);
    this.#deliveries = deliveries;
    this.#people = new People(this.#flights.client);
  }

  /** Answers a line for each month from April to December. */
  async live(): Promise<void> {
    await this.#prepareQuarter();
    await this.#goLive();
    const lines: MonthLine[] = [];
    for (const month of MONTHS) lines.push(await this.#month(month));
    this.#flights.log.print("", ...tableLines(lines, paintFor(process.stdout)));
  }

  async #prepareQuarter(): Promise<void> {
    for (const table of ["weather", "planes"]) await this.#flights.publish(table, `${table}.parquet`);
    for (const month of BEFORE)
      for (const half of HALVES) {
        const file = await this.#deliveries.file(month, half);
        this.#delivered.push(file);
        await this.#flights.publish("flights", file);
      }
    await this.#recent();
  }

  async #goLive(): Promise<void> {
    const { client } = this.#flights;
    for (const name of PLUGINS) await this.#flights.plugin(name);
    const endpoint = { namespace: NAMESPACE, name: "delay" };
    accepted((await client.request(CreateEndpointDocument, { input: endpoint })).createEndpoint);
    await submitRun(client, { namespace: NAMESPACE, plugin: "serve-models", endpoint: ENDPOINT });
    for (const [name, definition] of Object.entries(PIPELINES)) {
      const input = { namespace: NAMESPACE, name, definition: definition as never };
      accepted((await client.request(PublishPipelineVersionDocument, { input })).publishPipelineVersion);
    }
    await this.#pipeline("first");
    await this.#crown();
    const inputs = [{ role: "reference", node: `${NAMESPACE}/training@1` }];
    const monitor = { namespace: NAMESPACE, plugin: "monitor", endpoint: ENDPOINT, parameters: MONITORING, inputs };
    this.#monitor = await submitRun(client, monitor);
    await this.#people.stateUseCase();
    for (const [name, definition] of Object.entries(TRIGGERS)) {
      const input = { namespace: NAMESPACE, name, definition: definition as never };
      accepted((await client.request(CreateTriggerDocument, { input })).createTrigger);
    }
  }

  async #month(month: string): Promise<MonthLine> {
    const name = `2013-${month}`;
    const flights = await flightsOf(month);
    const champion = this.#champion;
    if (name === BAD_TRAINING) await this.#badTraining();
    if (name === BAD_DEPLOYMENT) await this.#badDeployment();
    const all: Asked[] = [];
    for (const half of HALVES) {
      const title = `${name}/${half}`;
      const asked = await this.#traffic(
        title,
        flights.filter((flight) => flight.half === half),
      );
      all.push(...asked);
      if (title === SPOILT_DELIVERY) await this.#arrive(await this.#deliveries.spoiltFile(month, half));
      await this.#arrive(await this.#deliveries.file(month, half));
      await this.#label(asked);
      await this.#settled();
    }
    const [own, before] = [warned(all), eveningKpi(flights)];
    await this.#people.recordKpis(name, own, before);
    const { alerts } = await this.#flights.client.request(AlertsDocument, { first: 50, states: ["OPEN"] });
    const causes = [...new Set(alerts.nodes.map((alert) => alert.name))];
    return { month: name, champion, own, before, alerts: causes };
  }

  async #badTraining(): Promise<void> {
    const id = await this.#people.trainBadModel();
    await this.#flights.inStep("somebody trains a bad model", async (step) => {
      const run = await awaitRun(this.#flights.client, id);
      if (run.state !== "FAILED") throw new CliError("no gate has caught it", { advice: `\`clew show ${id}\`` });
      const { modelVersions } = await this.#flights.client.request(ModelVersionsDocument, {
        states: ["REJECTED"],
        first: 1,
      });
      this.#rejected = modelVersions.nodes[0]!.key;
      step.done(`${this.#rejected} was rejected: ${run.failure?.message}`);
    });
  }

  async #badDeployment(): Promise<void> {
    await this.#flights.inStep("somebody lets it go live all the same", async (step) => {
      await this.#people.forceLive(this.#rejected);
      await until(async () => (await this.#served()) === this.#rejected);
      step.done(this.#rejected);
    });
  }

  #traffic(title: string, flights: readonly Flight[]): Promise<Asked[]> {
    return this.#flights.inStep(`${title}: ask`, async (step) => {
      const { endpoint } = await this.#flights.client.request(EndpointDocument, { key: ENDPOINT });
      const [address] = endpoint?.listensAt ?? [];
      if (address === undefined) throw new CliError(`nobody serves ${ENDPOINT}`);
      const onProgress = (asked: number) => step.update(plural(asked, "flight"));
      const asked = await ask(`${address}/v2/models/delay`, flights, onProgress);
      this.#asked += flights.length;
      step.done(plural(asked.length, "flight"));
      return asked;
    });
  }

  #label(asked: readonly Asked[]): Promise<void> {
    return this.#flights.inStep("tell what became of them", async (step) => {
      const at = new Date().toISOString();
      for (let from = 0; from < asked.length; from += LABELS_MAX) {
        const labels = asked.slice(from, from + LABELS_MAX).map(({ inference, row, flight: { delayMinutes } }) => {
          return { inference, row, value: delayMinutes === null ? null : delayMinutes > LATE_MINUTES, at };
        });
        await sendLabels(this.#flights.client, ENDPOINT, labels, from);
      }
      step.done(plural(asked.length, "outcome"));
    });
  }

  /** Time stands still until the monitor has judged every window that is full, and what that led to has ended. */
  #settled(): Promise<void> {
    return this.#flights.inStep("watch, and react", async (step) => {
      await until(async () => {
        const judged = await this.#judgedRows();
        step.update(`${plural(judged, "row")} of ${this.#asked} judged`);
        return judged > this.#asked - WINDOW_ROWS;
      });
      await until(async () => {
        const open = await this.#openPipelines();
        step.update(`${plural(open, "pipeline run")} not ended`);
        // A trigger takes a moment to start one.
        if (open > 0) return false;
        await delay(2 * POLL_MS);
        return (await this.#openPipelines()) === 0;
      });
      // One that is rolled back, or goes live, is served a moment later.
      await until(async () => (await this.#served()) !== null);
      await this.#crown();
      step.done(`champion ${this.#champion}`);
    });
  }

  async #judgedRows(): Promise<number> {
    const filter = { run: this.#monitor, reportTypes: ["EVALUATION" as const], first: 500, withMetrics: true };
    const { reports } = await this.#flights.client.request(ReportsDocument, filter);
    const rows = reports.nodes.map(({ metrics }) => metrics?.find(({ name }) => name === "answered_rows")?.value ?? 0);
    return rows.reduce<number>((sum, value) => sum + Number(value), 0);
  }

  async #openPipelines(): Promise<number> {
    const filter = {
      namespace: NAMESPACE,
      runTypes: ["PIPELINE" as const],
      states: ["QUEUED" as const, "RUNNING" as const],
    };
    return (await this.#flights.client.request(RunsDocument, filter)).runs.nodes.length;
  }

  /** The alias follows what is served: it is the next challenger's baseline. */
  async #crown(): Promise<void> {
    const { client } = this.#flights;
    const served = await this.#served();
    if (served === null || served === this.#champion) return;
    const input = { asset: MODEL, alias: CHAMPION, version: Number(parseKey(served)!.version) };
    accepted((await client.request(SetAliasDocument, { input })).setAlias);
    this.#champion = served;
  }

  /** The key of the model that answers; null while another revision is to be served. */
  async #served(): Promise<string | null> {
    const { endpoint } = await this.#flights.client.request(EndpointDocument, { key: ENDPOINT });
    if (endpoint?.activeDeployment?.id !== endpoint?.wantedDeployment?.id) return null;
    const active = endpoint?.versions.nodes.find(({ id }) => id === endpoint.activeDeployment?.id);
    const served = active?.serves.find(({ mode }) => mode === "LIVE")?.node;
    return served !== undefined && "key" in served ? served.key : null;
  }

  /** What the airports deliver is validated as it comes; what fails is asked for again, and used by nobody. */
  async #arrive(file: string): Promise<void> {
    const { client } = this.#flights;
    const version = await this.#flights.publish("flights", file);
    const verdict = await this.#flights.inStep("validate", async (step) => {
      const filter = { about: version.id, reportTypes: ["DATA_VALIDATION" as const], first: 1 };
      const told = await until(async () => (await client.request(ReportsDocument, filter)).reports.nodes[0]?.verdict);
      step.done(`${version.key}: ${told}`);
      return told;
    });
    if (verdict !== "PASS") return;
    this.#delivered.push(file);
    await this.#recent();
  }

  /** What the next training is given. */
  async #recent(): Promise<void> {
    await this.#flights.publish("recent", ...this.#delivered.slice(-RECENT_HALVES));
  }

  async #pipeline(name: string): Promise<void> {
    const input = { pipeline: `${NAMESPACE}/${name}@latest` };
    const { startPipeline } = await this.#flights.client.request(StartPipelineDocument, { input });
    await this.#flights.await(`pipeline ${name}`, accepted(startPipeline).run!.id);
  }
}

function warned(asked: readonly Asked[]): Kpi {
  const flights = asked.map(({ flight }) => flight);
  return kpiOf(flights, (_, index) => asked[index]!.probability >= WARN_FROM);
}

/** What it asks for, once that is there: neither false, null nor undefined. */
async function until<Found>(ask: () => Promise<Found>): Promise<NonNullable<Exclude<Found, false>>> {
  for (const deadline = Date.now() + WAIT_MS; ; await delay(POLL_MS)) {
    const found = await ask();
    if (found) return found as NonNullable<Exclude<Found, false>>;
    if (Date.now() > deadline) throw new CliError("this takes too long: `clew ls runs` shows what goes on");
  }
}
