import { setTimeout as delay } from "node:timers/promises";
import { accepted, plural, submitRun, type PublishedVersion } from "@clew/cli";
import {
  AlertsDocument,
  CreateEndpointDocument,
  EndpointDocument,
  PublishPipelineVersionDocument,
  RecordLabelsDocument,
  ReportsDocument,
  StartPipelineDocument,
} from "@clew/schema/graphql";
import { FlightsClient, type FlightsOptions, NAMESPACE } from "../flights-client.ts";
import type { Deliveries } from "./deliveries.ts";
import { type Flight, flightsOf, type Half } from "./flights.ts";
import { eveningKpi, kpiOf, LATE_MINUTES } from "./kpi.ts";
import { MONITORING, WINDOW_ROWS } from "./monitor.ts";
import { FIRST, RETRAIN } from "./pipelines.ts";
import { ask, type Asked } from "./traffic.ts";

const ENDPOINT = `${NAMESPACE}/delay`;
const LABELS_A_CALL = 1_000;
const WARN_FROM = 0.3;
const MONTHS = ["04", "05", "06", "07", "08", "09", "10", "11", "12"];

export class Year {
  readonly #flights: FlightsClient;
  readonly #deliveries: Deliveries;
  readonly #delivered: string[] = [];
  #monitor = "";
  #asked = 0;

  constructor(options: FlightsOptions, deliveries: Deliveries) {
    this.#flights = new FlightsClient(options);
    this.#deliveries = deliveries;
  }

  async live(): Promise<void> {
    const { client } = this.#flights;
    for (const table of ["weather", "planes"]) await this.#flights.publish(table, `${table}.parquet`);
    for (const month of ["01", "02", "03"]) for (const half of [1, 2] as const) await this.#deliver(month, half);
    await this.#recent();
    accepted(
      (await client.request(CreateEndpointDocument, { input: { namespace: NAMESPACE, name: "delay" } })).createEndpoint,
    );
    for (const name of ["prepare-tabular", "train-tfjs", "evaluate-tabular", "serve-models", "monitor"])
      await this.#flights.plugin(name);
    await submitRun(client, {
      namespace: NAMESPACE,
      plugin: "serve-models",
      endpoint: ENDPOINT,
      parameters: { backend: "wasm" },
    });
    for (const [name, definition] of Object.entries({ first: FIRST, retrain: RETRAIN })) {
      const input = { namespace: NAMESPACE, name, definition: definition as never };
      accepted((await client.request(PublishPipelineVersionDocument, { input })).publishPipelineVersion);
    }
    await this.#pipeline("first");
    this.#monitor = await submitRun(client, {
      namespace: NAMESPACE,
      plugin: "monitor",
      endpoint: ENDPOINT,
      parameters: MONITORING,
      inputs: [{ role: "reference", node: `${NAMESPACE}/training@1` }],
    });
    for (const month of MONTHS.slice(0, Number(process.env["MONTHS"] ?? 9))) await this.#month(month);
  }

  async #month(month: string): Promise<void> {
    const flights = await flightsOf(month);
    for (const half of [1, 2] as const) {
      const own = flights.filter((flight) => flight.half === half);
      const asked = await this.#traffic(`${month}/${half}`, own);
      await this.#deliver(month, half);
      await this.#recent();
      await this.#label(asked);
      await this.#settled();
      const { client, log } = this.#flights;
      const { alerts } = await client.request(AlertsDocument, { first: 10, states: ["OPEN"] });
      for (const a of alerts.nodes)
        log.print(`  ! ${a.name} ${a.severity} x${a.occurrences} ${a.message.slice(0, 160)}`);
    }
  }

  async #traffic(title: string, flights: readonly Flight[]): Promise<Asked[]> {
    return this.#flights.inStep(`${title} traffic`, async (step) => {
      const { endpoint } = await this.#flights.client.request(EndpointDocument, { key: ENDPOINT });
      const asked = await ask(`${endpoint!.listensAt[0]}/v2/models/delay`, flights, (n) =>
        step.update(plural(n, "flight")),
      );
      this.#asked += flights.length;
      const own = kpiOf(flights, (_, at) => asked[at]!.probability >= WARN_FROM);
      step.done(JSON.stringify([own, eveningKpi(flights)]));
      return asked;
    });
  }

  async #label(asked: readonly Asked[]): Promise<void> {
    return this.#flights.inStep("labels", async (step) => {
      const at = new Date().toISOString();
      for (let from = 0; from < asked.length; from += LABELS_A_CALL) {
        const labels = asked.slice(from, from + LABELS_A_CALL).map(({ inference, row, flight: { delayMinutes } }) => {
          return { inference, row, value: delayMinutes === null ? null : delayMinutes > LATE_MINUTES, at };
        });
        accepted(
          (await this.#flights.client.request(RecordLabelsDocument, { input: { endpoint: ENDPOINT, labels } }))
            .recordLabels,
        );
      }
      step.done(plural(asked.length, "label"));
    });
  }

  /** Until the monitor has judged every window that is full. */
  async #settled(): Promise<void> {
    const windows = Math.floor(this.#asked / (WINDOW_ROWS + 20));
    await this.#flights.inStep("monitor", async (step) => {
      for (;;) {
        const { reports } = await this.#flights.client.request(ReportsDocument, {
          run: this.#monitor,
          reportTypes: ["EVALUATION"],
          first: 200,
        });
        step.update(`${reports.nodes.length} of ${windows}`);
        if (reports.nodes.length >= windows)
          return step.done(
            JSON.stringify(
              reports.nodes
                .slice(0, 4)
                .map((r) => [
                  r.name.slice(-12),
                  ...r.metrics
                    .filter((m) => ["roc_auc", "log_loss", "labelled_share"].includes(m.name))
                    .map((m) => m.value),
                ]),
            ),
          );
        await delay(300);
      }
    });
  }

  async #deliver(month: string, half: Half): Promise<PublishedVersion> {
    const file = await this.#deliveries.file(month, half);
    this.#delivered.push(file);
    return this.#flights.publish("flights", file);
  }

  async #recent(): Promise<void> {
    await this.#flights.publish("recent", ...this.#delivered.slice(-7));
  }

  async #pipeline(name: string): Promise<void> {
    const { client } = this.#flights;
    const { startPipeline } = await client.request(StartPipelineDocument, {
      input: { pipeline: `${NAMESPACE}/${name}@latest` },
    });
    await this.#flights.await(`pipeline ${name}`, accepted(startPipeline).run!.id);
  }
}
