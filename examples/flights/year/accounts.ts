import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { accepted, type ClewClient, profileFiles, type PublishedVersion } from "@clew/cli";
import { readInferenceId, uploadFile } from "@clew/schema";
import { RecordRunDocument } from "@clew/schema/graphql";
import { NAMESPACE } from "../flights-client.ts";
import { type Happenings, happeningsOf } from "./happenings.ts";
import { eveningKpi, type Kpi, LATE_MINUTES, WARN_FROM, warnedKpi } from "./kpi.ts";
import { type Claim, type Proof, prove } from "./proof.ts";
import { combined, type Estimate } from "./quality.ts";
import { type Model, modelOf } from "./served.ts";
import type { Asked } from "./traffic.ts";

/** A month, as the people who warn passengers look at it. */
export interface MonthLine {
  readonly month: string;
  readonly champions: readonly Champion[];
  readonly own: Kpi;
  /** What the process before would have come to. */
  readonly before: Kpi;
  /** Null where the monitor has judged no window. */
  readonly rocAuc: Estimate | null;
  readonly logLoss: Estimate | null;
  readonly happened: Happenings;
  readonly proof: Proof;
}

/** A model that answered in the month. */
export interface Champion extends Model {
  /** How many flights it was asked about. */
  readonly flights: number;
}

/** What a month is settled from. */
export interface Month {
  /** As 2013-04. */
  readonly name: string;
  readonly since: Date;
  readonly asked: readonly Asked[];
  /** What the airports delivered of it and was found good. */
  readonly deliveries: readonly PublishedVersion[];
}

/** Settles each month, so that its figures have a lineage: the flights as they were answered are a dataset, made from what answered and what was delivered. */
export class Accounts {
  readonly #client: ClewClient;
  readonly #monitor: string;
  readonly #dir: string;

  /**
   * @param monitor the run that judges
   * @param dir for files on their way
   */
  constructor(client: ClewClient, monitor: string, dir: string) {
    this.#client = client;
    this.#monitor = monitor;
    this.#dir = dir;
  }

  async settle(month: Month): Promise<MonthLine> {
    const happened = await happeningsOf(this.#client, this.#monitor, month.since);
    const champions = await this.#champions(month.asked);
    const claims = claimsOf(month, champions, happened);
    const account = await this.#record(month, champions, happened);
    const models = champions.map(({ id }) => id);
    const windows = happened.windows.map(({ measured }) => measured);
    return {
      month: month.name,
      champions,
      own: warnedKpi(month.asked),
      before: eveningKpi(month.asked.map(({ flight }) => flight)),
      rocAuc: combined(windows, "roc_auc"),
      logLoss: combined(windows, "log_loss"),
      happened,
      proof: await prove(this.#client, account, claims, models),
    };
  }

  /** Each answer's id says which deployment gave it. */
  async #champions(asked: readonly Asked[]): Promise<Champion[]> {
    const answers = Map.groupBy(asked, ({ inference }) => readInferenceId(inference)!.deployment);
    const served = await Promise.all(
      [...answers].map(async ([deployment, { length: flights }]) => {
        return { ...(await modelOf(this.#client, deployment)), flights };
      }),
    );
    return [...Map.groupBy(served, ({ id }) => id).values()].map((same) => {
      return { ...same[0]!, flights: same.reduce((sum, one) => sum + one.flights, 0) };
    });
  }

  /** Answers the id of the dataset version. */
  async #record({ name, asked, deliveries }: Month, champions: readonly Champion[], happened: Happenings) {
    const file = join(this.#dir, `flights-${name}.jsonl`);
    await writeFile(file, asked.map((one) => `${JSON.stringify(rowOf(one))}\n`).join(""));
    const { schema, rows, statistics } = (await profileFiles([file]))!;
    const sent = await uploadFile(this.#client.url, this.#client.token, file);
    const input = {
      namespace: NAMESPACE,
      name: `settle-${name}`,
      inputs: [
        ...champions.map(({ id }) => ({ role: "model", node: id })),
        ...deliveries.map(({ id }) => ({ role: "outcomes", node: id })),
      ],
      parameters: { warnFrom: WARN_FROM, lateMinutes: LATE_MINUTES },
      triggeredBy: causesOf(happened).map(({ id }) => id),
      targets: [{ role: "month", namespace: NAMESPACE, name: "months" }],
      outputs: [
        {
          role: "month",
          datasetVersion: { files: [{ path: `flights-${name}.jsonl`, ...sent }], schema, rows, statistics },
        },
      ],
    };
    const { run } = accepted((await this.#client.request(RecordRunDocument, { input })).recordRun);
    return run!.outputs[0]!.node.id;
  }
}

/** A flight, what the model answered of it, and what became of it. */
function rowOf({ flight, inference, row, probability }: Asked) {
  const { carrier, flight: number, origin, dest, time_hour: hour } = flight.features;
  const isWarned = probability >= WARN_FROM;
  return { carrier, number, origin, dest, hour, inference, row, probability, isWarned, delay: flight.delayMinutes };
}

function claimsOf({ deliveries }: Month, champions: readonly Champion[], happened: Happenings): Claim[] {
  return [
    ...champions.map(({ id }) => ({ what: "model", id })),
    ...deliveries.map(({ id, rows }) => ({ what: "delivered file", id, rows: rows! })),
    ...causesOf(happened),
  ];
}

function causesOf({ windows, shadows, validations, alerts, recurred, decisions }: Happenings): Claim[] {
  const all = {
    "monitor window": windows,
    "shadow window": shadows,
    validation: validations,
    alert: [...alerts, ...recurred],
    decision: decisions,
  };
  return Object.entries(all).flatMap(([what, nodes]) => nodes.map(({ id }) => ({ what, id })));
}
