import {
  accepted,
  awaitRun,
  CliError,
  paintFor,
  plural,
  type PublishedVersion,
  sendLabels,
  submitRun,
} from "@clew/cli";
import { LABELS_MAX, parseKey } from "@clew/schema";
import {
  CreateEndpointDocument,
  CreateTriggerDocument,
  EndpointDocument,
  PipelineRunDocument,
  PublishPipelineVersionDocument,
  ReportsDocument,
  SetAliasDocument,
  StartPipelineDocument,
} from "@clew/schema/graphql";
import { FlightsClient, type FlightsOptions, NAMESPACE } from "../flights-client.ts";
import { Accounts, type MonthLine } from "./accounts.ts";
import type { Calendar } from "./calendar.ts";
import { Deliveries } from "./deliveries.ts";
import { type Flight, flightsOf, type Half, HALVES } from "./flights.ts";
import { LATE_MINUTES } from "./kpi.ts";
import { CHAMPION, ENDPOINT, MODEL, PIPELINES, TRIGGERS } from "./loop.ts";
import { monitoring } from "./monitor.ts";
import { People } from "./people.ts";
import { servedModel } from "./served.ts";
import { judgedRows, rest, until } from "./standstill.ts";
import { yearLines } from "./table.ts";
import { ask, type Asked } from "./traffic.ts";

/** The newest half months: what a training is given. */
const RECENT_HALVES = 7;
const PLUGINS = ["validate-tabular", "prepare-tabular", "train-tfjs", "evaluate-tabular", "serve-models", "monitor"];

/** Plays a year: the airports' deliveries, the passengers' board that asks, and the outcomes that come after it. What reacts to that is Clew. */
export class Year {
  readonly #flights: FlightsClient;
  readonly #calendar: Calendar;
  readonly #dir: string;
  readonly #deliveries: Deliveries;
  readonly #people: People;
  /** What was delivered and found good. */
  readonly #delivered: { readonly file: string; readonly version: PublishedVersion }[] = [];
  #monitor = "";
  #asked = 0;
  #champion = "";
  /** What a gate has rejected, for somebody who lets it go live all the same. */
  #rejected = "";

  /** @param dir for files on their way */
  constructor(options: FlightsOptions, calendar: Calendar, dir: string) {
    this.#flights = new FlightsClient(options);
    this.#calendar = calendar;
    this.#dir = dir;
    this.#deliveries = new Deliveries(dir, calendar.oneOf);
    this.#people = new People(this.#flights.client);
  }

  async live(): Promise<void> {
    await this.#requireEmpty();
    await this.#prepareQuarter();
    await this.#goLive();
    const accounts = new Accounts(this.#flights.client, this.#monitor, this.#dir);
    const lines: MonthLine[] = [];
    for (const month of this.#calendar.months) lines.push(await this.#month(month, accounts));
    this.#flights.log.print("", ...yearLines(lines, paintFor(process.stdout)));
  }

  /** What was played before would be part of the story. */
  async #requireEmpty(): Promise<void> {
    const { endpoint } = await this.#flights.client.request(EndpointDocument, { key: ENDPOINT });
    if (endpoint === null) return;
    throw new CliError("the year was begun here before", {
      advice: "delete the folder of --data-dir (.clew/year), or name another one",
    });
  }

  async #prepareQuarter(): Promise<void> {
    for (const table of ["weather", "planes"]) await this.#flights.publish(table, [`${table}.parquet`]);
    for (const month of this.#calendar.before)
      for (const half of HALVES) {
        const file = await this.#deliveries.file(month, half);
        this.#delivered.push({ file, version: await this.#flights.publish("flights", [file]) });
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
    const parameters = monitoring(this.#calendar.windowRows);
    const monitor = { namespace: NAMESPACE, plugin: "monitor", endpoint: ENDPOINT, parameters, inputs };
    this.#monitor = await submitRun(client, monitor);
    await this.#people.stateUseCase();
    for (const [name, definition] of Object.entries(TRIGGERS)) {
      const input = { namespace: NAMESPACE, name, definition: definition as never };
      accepted((await client.request(CreateTriggerDocument, { input })).createTrigger);
    }
  }

  async #month(month: string, accounts: Accounts): Promise<MonthLine> {
    const name = `2013-${month}`;
    const since = new Date();
    const before = this.#delivered.length;
    const flights = await flightsOf(month, this.#calendar.oneOf);
    if (name === this.#calendar.badTraining) await this.#badTraining();
    if (name === this.#calendar.badDeployment) await this.#badDeployment();
    const asked: Asked[] = [];
    for (const half of HALVES) {
      const some = flights.filter((flight) => flight.half === half);
      asked.push(...(await this.#half(month, half, some)));
    }
    return this.#flights.inStep(`${name}: settle`, async (step) => {
      const deliveries = this.#delivered.slice(before).map(({ version }) => version);
      const line = await accounts.settle({ name, since, asked, deliveries });
      await this.#people.recordKpis(name, line.own, line.before, line.proof.account);
      step.done(line.proof.holds);
      return line;
    });
  }

  async #half(month: string, half: Half, flights: readonly Flight[]): Promise<Asked[]> {
    const title = `2013-${month}/${half}`;
    const asked = await this.#traffic(title, flights);
    if (title === this.#calendar.spoiltDelivery) await this.#arrive(await this.#deliveries.spoiltFile(month, half));
    await this.#arrive(await this.#deliveries.file(month, half));
    await this.#label(asked);
    await this.#settled();
    await this.#answer();
    return asked;
  }

  async #badTraining(): Promise<void> {
    const id = await this.#people.trainBadModel();
    await this.#flights.inStep("somebody trains a bad model", async (step) => {
      const run = await awaitRun(this.#flights.client, id);
      const { node } = await this.#flights.client.request(PipelineRunDocument, { id });
      const steps = new Map(node && "steps" in node ? node.steps?.map((one) => [one.name, one]) : []);
      const made = steps.get("train")?.run?.outputs[0]?.node;
      if (steps.get("gate")?.decision?.decisionType !== "REJECTION" || !made || !("key" in made))
        throw new CliError("no gate has caught it", { advice: `\`clew show ${id}\`` });
      this.#rejected = made.key;
      step.done(`${this.#rejected} was rejected: ${run.failure?.message}`);
    });
  }

  async #badDeployment(): Promise<void> {
    await this.#flights.inStep("somebody lets it go live all the same", async (step) => {
      await this.#people.forceLive(this.#rejected);
      await until(async () => (await servedModel(this.#flights.client)) === this.#rejected);
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

  /** Time stands still until the monitor has judged every window that is full, and what that led to has come to rest. */
  #settled(): Promise<void> {
    const { client } = this.#flights;
    return this.#flights.inStep("watch, and react", async (step) => {
      await until(async () => {
        const judged = await judgedRows(client, this.#monitor);
        step.update(`${plural(judged, "row")} of ${this.#asked} judged`);
        return judged > this.#asked - this.#calendar.windowRows;
      });
      await rest(client, (open) => step.update(`${plural(open, "pipeline run")} not ended`));
      await this.#crown();
      step.done(`champion ${this.#champion}`);
    });
  }

  /** Where the loop asks for a person, one looks and answers. */
  async #answer(): Promise<void> {
    for (const answered of await this.#people.answer(this.#champion))
      await this.#flights.inStep(`a person answers ${answered.cause}`, async (step) => step.done(answered.reason));
  }

  /** The alias follows what is served: it is the next challenger's baseline. What a gate has rejected is none, whoever serves it. */
  async #crown(): Promise<void> {
    const { client } = this.#flights;
    const served = await servedModel(client);
    if (served === null || served === this.#champion || served === this.#rejected) return;
    const input = { asset: MODEL, alias: CHAMPION, version: Number(parseKey(served)!.version) };
    accepted((await client.request(SetAliasDocument, { input })).setAlias);
    this.#champion = served;
  }

  /** What the airports deliver is validated as it comes; what fails is asked for again, and used by nobody. */
  async #arrive(file: string): Promise<void> {
    const { client } = this.#flights;
    const version = await this.#flights.publish("flights", [file]);
    const verdict = await this.#flights.inStep("validate", async (step) => {
      const filter = { about: version.id, reportTypes: ["DATA_VALIDATION" as const], first: 1 };
      const told = await until(async () => (await client.request(ReportsDocument, filter)).reports.nodes[0]?.verdict);
      step.done(`${version.key}: ${told}`);
      return told;
    });
    if (verdict !== "PASS") return;
    this.#delivered.push({ file, version });
    await this.#recent();
  }

  /** What the next training is given. */
  async #recent(): Promise<void> {
    const newest = this.#delivered.slice(-RECENT_HALVES);
    const files = newest.map(({ file }) => file);
    const derivedFrom = newest.map(({ version }) => version.id);
    await this.#flights.publish("recent", files, derivedFrom);
  }

  async #pipeline(name: string): Promise<void> {
    const input = { pipeline: `${NAMESPACE}/${name}@latest` };
    const { startPipeline } = await this.#flights.client.request(StartPipelineDocument, { input });
    await this.#flights.await(`pipeline ${name}`, accepted(startPipeline).run!.id);
  }
}
