import { accepted, type ClewClient, CliError } from "@clew/cli";
import {
  AlertsDocument,
  CreateUseCaseDocument,
  DecideDocument,
  DeployDocument,
  RecordKpiDocument,
  ResolveAlertDocument,
  SetUseCaseDocument,
  StartPipelineDocument,
} from "@clew/schema/graphql";
import { NAMESPACE } from "../flights-client.ts";
import type { Alert } from "./happenings.ts";
import type { Kpi } from "./kpi.ts";
import { BAD_NETWORK, ENDPOINT, MODEL } from "./loop.ts";
import { modelOf } from "./served.ts";

const USE_CASE = `${NAMESPACE}/warn-passengers`;
const SPARED = "spared minutes";
const FALSE = "false warnings";

/** Causes of alerts by which a trigger asks for a person begin so. */
const ASKS = "trigger:";
const STAYS = {
  decisionType: "EXEMPTION" as const,
  reason: "retraining on these weeks does not help: the weather is what it is. It stays, and may lose more for a while",
};
const NEVER_AGAIN = {
  decisionType: "REJECTION" as const,
  reason: "it was trained with a learning rate a million times too small; the gate was right",
};
const ALREADY_GONE = {
  decisionType: "EXEMPTION" as const,
  reason: "the model that was bad answers nobody any more, and what answers now is another: it stays",
};

/** What a person has said to what was asked. */
export interface Answer {
  readonly cause: string;
  readonly reason: string;
}

/** What people do in the year; everything else goes by itself. */
export class People {
  readonly #client: ClewClient;

  constructor(client: ClewClient) {
    this.#client = client;
  }

  /** The business says what the model is for, and by what it measures it. */
  async stateUseCase(): Promise<void> {
    const percent = { unit: "% of before", target: 100, baseline: 100 };
    const input = {
      namespace: NAMESPACE,
      name: "warn-passengers",
      purpose: "Warn passengers of a flight that will be late, so that they can leave home later or rebook.",
      riskTier: "LIMITED" as const,
      owner: { kind: "TEAM" as const, name: "passenger information" },
      replaces: "A warning for every flight that leaves at six in the evening or later.",
      kpis: [
        { name: SPARED, direction: "HIGHER" as const, ...percent },
        { name: FALSE, direction: "LOWER" as const, ...percent },
      ],
    };
    accepted((await this.#client.request(CreateUseCaseDocument, { input })).createUseCase);
    for (const node of [MODEL, ENDPOINT]) {
      const purpose = { of: node, useCase: USE_CASE };
      accepted((await this.#client.request(SetUseCaseDocument, { input: purpose })).setUseCase);
    }
  }

  /**
   * What a month came to for the business, in percent of what the process before would have come to.
   * @param source where its flights and their warnings stand
   */
  async recordKpis(month: string, own: Kpi, before: Kpi, source: string): Promise<void> {
    const from = new Date(`${month}-01T00:00:00Z`);
    const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
    const period = { useCase: USE_CASE, from: from.toISOString(), to: to.toISOString(), source };
    const values = [
      { kpi: SPARED, value: (100 * own.sparedMinutes) / before.sparedMinutes },
      { kpi: FALSE, value: (100 * own.falseWarnings) / before.falseWarnings },
    ];
    for (const one of values)
      accepted((await this.#client.request(RecordKpiDocument, { input: { ...period, ...one } })).recordKpi);
  }

  /** Somebody tries a learning rate a million times too small. Answers the pipeline run. */
  async trainBadModel(): Promise<string> {
    const input = { pipeline: `${NAMESPACE}/retrain@latest`, parameters: { network: BAD_NETWORK } };
    return accepted((await this.#client.request(StartPipelineDocument, { input })).startPipeline).run!.id;
  }

  /** Somebody lets a model go live that a gate has rejected. */
  async forceLive(model: string): Promise<void> {
    const decision = { about: model, decisionType: "APPROVAL" as const, reason: "the vendor's figures look fine" };
    accepted((await this.#client.request(DecideDocument, { input: decision })).decide);
    const input = { endpoint: ENDPOINT, serves: [{ modelVersion: model }], reason: "we want to show it on Monday" };
    const { deployment } = accepted((await this.#client.request(DeployDocument, { input })).deploy);
    if (!deployment) throw new CliError(`${model} was not deployed`);
  }

  /**
   * Somebody looks at what the loop asks, decides, and says why. That settles the cause, so that the loop may work again.
   * @param champion the key of the model that answers now
   */
  async answer(champion: string): Promise<Answer[]> {
    const { alerts } = await this.#client.request(AlertsDocument, { states: ["OPEN"], nameContains: ASKS, first: 50 });
    return Promise.all(alerts.nodes.map((alert) => this.#answerTo(alert, champion)));
  }

  async #answerTo({ id, name, about }: Alert, champion: string): Promise<Answer> {
    const decision = name.endsWith("roll-back")
      ? await this.#answerToRollBack(about.id, champion)
      : { ...STAYS, about: champion };
    accepted((await this.#client.request(DecideDocument, { input: { ...decision, basis: [id] } })).decide);
    const resolved = { alert: id, resolution: decision.reason };
    accepted((await this.#client.request(ResolveAlertDocument, { input: resolved })).resolveAlert);
    return { cause: name, reason: `${decision.about}: ${decision.reason}` };
  }

  /** A model may have gone when a person is asked about it: what answers by then is not to blame. */
  async #answerToRollBack(deployment: string, champion: string) {
    const { key } = await modelOf(this.#client, deployment);
    return key === champion ? { ...ALREADY_GONE, about: key } : { ...NEVER_AGAIN, about: key };
  }
}
