import type { PipelineDefinition } from "@clew/schema";
import type { z } from "zod";
import { FEATURES_SQL } from "./flights.ts";
import { CHALLENGER, ROC_AUC_MIN, WORTH_A_CHANGE } from "./monitor.ts";
import training from "./training.json" with { type: "json" };

const { network } = training;
/** What no training gets anywhere with. */
export const BAD_NETWORK = { ...network, learningRate: 1e-9, maxEpochs: 1 };

type Definition = z.input<typeof PipelineDefinition>;
type Step<T extends string> = Extract<Definition["steps"][string], { type: T }>;
type RunStep = Step<"run">;

export const MODEL = "flights/arrival-delay";
export const ENDPOINT = "flights/delay";
/** The alias of what is served. */
export const CHAMPION = "champion";
const FORBIDDEN = ["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"];

const TABLES = {
  weather: { type: "DatasetVersion", default: "flights/weather@latest" },
  planes: { type: "DatasetVersion", default: "flights/planes@latest" },
} as const;

/** So that the same flights give the same models, and the year is the same each time. */
const SEED = 2013;

const always = { presence: { minFraction: 1 } };

/** What flights look like, whatever the season. */
const validate: RunStep = {
  type: "run",
  plugin: "validate-tabular",
  inputs: { data: [{ input: "flights" }] },
  parameters: {
    schema: {
      columns: [
        { name: "carrier", type: "STRING", ...always, domain: { pattern: "[A-Z0-9]{2}" } },
        { name: "origin", type: "STRING", ...always, domain: { values: ["EWR", "JFK", "LGA"] } },
        { name: "dest", type: "STRING", ...always, domain: { pattern: "[A-Z]{3}" } },
        { name: "distance", type: "INT", ...always, domain: { min: 1, max: 5_000 } },
        { name: "hour", type: "INT", ...always, domain: { min: 0, max: 23 } },
        { name: "arr_delay", type: "FLOAT" },
      ],
      datasetConstraints: { minExamplesCount: 1_000, maxDuplicateFraction: 0.01, unknownColumns: "ALLOWED" },
    },
  },
};

/** Features of the flights whose outcome is known: the earlier ones to train with, the rest to judge by. */
const prepare: RunStep = {
  type: "run",
  plugin: "prepare-tabular",
  inputs: { data: [{ input: "flights" }], join: [{ input: "weather" }, { input: "planes" }] },
  parameters: {
    sql: `${FEATURES_SQL}\nQUALIFY d.arr_delay IS NOT NULL`,
    target: "delayed",
    forbidden: FORBIDDEN,
    split: { by: "time", column: "time_hour", shares: { train: 0.85, test: 0.15 } },
  },
  outputs: { train: "flights/training", test: "flights/holdout" },
  seed: SEED,
};

const train: RunStep = {
  type: "run",
  plugin: "train-tfjs",
  inputs: { data: [{ step: "prepare", output: "train" }] },
  parameters: { ...training, network: { parameter: "network" } },
  outputs: { model: MODEL },
  seed: SEED,
};

const parameters = {
  type: "object",
  properties: { network: { type: "object", description: "Of train-tfjs", default: network } },
  additionalProperties: false,
};

const SLICES = [{ name: "origin" }, { name: "carrier" }];

/** Held to these rules on flights that training has not seen. */
const evaluate = (gates: readonly object[], champion: object): RunStep => ({
  type: "run",
  plugin: "evaluate-tabular",
  inputs: {
    model: [{ step: "train", output: "model" }],
    data: [{ step: "prepare", output: "test" }],
    ...champion,
  },
  parameters: { slices: SLICES, resamples: 200, gates } as never,
  seed: SEED,
});

/** What the pipeline has trained. */
const TRAINED = { step: "train", output: "model" };

/** Approves a model that keeps the rules, and rejects one that does not. */
const gate: Step<"decide"> = {
  type: "decide",
  about: TRAINED,
  requires: [{ step: "evaluate", output: "report" }],
  otherwise: "REJECTION",
};

/** Answers everybody, once that step has ended well. */
const live = (after: string): Step<"deploy"> => ({
  type: "deploy",
  after: [after],
  endpoint: ENDPOINT,
  serves: [{ model: TRAINED }],
});

/** The first model: good enough on its own. */
const FIRST: Definition = {
  description: "The first model of the use case: prepared, trained, held to a rule, and served.",
  parameters,
  inputs: { flights: { type: "DatasetVersion", default: "flights/recent@latest" }, ...TABLES },
  steps: {
    prepare,
    train,
    evaluate: evaluate([{ kind: "threshold", metric: "roc_auc", min: ROC_AUC_MIN }], {}),
    gate,
    live: live("gate"),
  },
};

/** Gets what the champion gets, and answers nobody. */
const shadow: Step<"deploy"> = {
  type: "deploy",
  after: ["gate"],
  endpoint: ENDPOINT,
  serves: [{ model: { input: "champion" } }, { model: TRAINED, mode: "SHADOW" }],
};

/** Until the monitor has compared the two on the same live flights. */
const trial: Step<"watch"> = { type: "watch", deployment: "shadow", about: TRAINED, rule: CHALLENGER };

const promote: Step<"decide"> = {
  type: "decide",
  about: TRAINED,
  requires: [{ step: "trial", output: "report" }],
  otherwise: "REJECTION",
};

/** Of one that was not promoted nothing stays. */
const withdraw: Step<"withdraw"> = { type: "withdraw", deployment: "shadow" };

/** A new champion is judged once before it may be retrained: alerts of the one before it may still come until then. */
const confirm: Step<"watch"> = { type: "watch", deployment: "live", about: TRAINED };

/** A challenger: better than the champion on flights that neither has seen, then in its shadow on live ones, and then in its place; or rejected. */
const RETRAIN: Definition = {
  description:
    "A challenger for what is served: prepared, trained, compared with the champion, watched in its shadow, served.",
  parameters,
  inputs: {
    flights: { type: "DatasetVersion", default: "flights/recent@latest" },
    champion: { type: "ModelVersion", default: `${MODEL}@${CHAMPION}` },
    ...TABLES,
  },
  steps: {
    validate,
    prepare: { ...prepare, requires: [{ step: "validate", output: "report" }] },
    train,
    evaluate: evaluate(
      [
        { kind: "threshold", metric: "roc_auc", min: ROC_AUC_MIN },
        { kind: "better-than-baseline", metric: "log_loss", margin: WORTH_A_CHANGE },
        {
          kind: "no-slice-worse",
          metric: "log_loss",
          against: "baseline",
          tolerance: 0.02,
          slices: ["origin"],
          whenUnsure: "PASS",
        },
      ],
      { baseline: [{ input: "champion" }] },
    ),
    gate,
    shadow,
    trial,
    promote,
    withdraw,
    live: live("promote"),
    confirm,
  },
};

/** Twice for the same cause, over all revisions of the endpoint; then a person has to look. */
const RETRAIN_ON_LOSS = {
  on: { alert: { about: ENDPOINT, cause: "quality:log_loss" } },
  do: [{ pipeline: { start: "flights/retrain@latest" } }],
  concurrency: "FORBID",
  limit: { firings: 2, whenExhausted: [{ ask: { message: "retraining does not help" } }] },
};

/** Ranks hardly better than a coin: what was served before is served again at once. */
const ROLL_BACK = {
  on: { alert: { about: ENDPOINT, cause: "quality:roc_auc", severity: "CRITICAL" } },
  do: [
    { rollBack: { endpoint: ENDPOINT } },
    { ask: { message: "rolled back; look at the model before it goes live again" } },
  ],
  limit: { firings: 1, whenExhausted: [] },
};

/** Half a month, as it was delivered. */
const ARRIVAL: Definition = {
  description: "Validates what the airports deliver.",
  inputs: { flights: { type: "DatasetVersion" } },
  steps: {
    validate,
  },
};

/** Every delivery is validated. */
const VALIDATE_ARRIVALS = {
  on: { version: { of: "flights/flights" } },
  do: [{ pipeline: { start: "flights/arrival@latest", inputs: { flights: "$version" } } }],
  concurrency: "QUEUE",
};

export const PIPELINES = { first: FIRST, retrain: RETRAIN, arrival: ARRIVAL };
export const TRIGGERS = {
  "retrain-on-loss": RETRAIN_ON_LOSS,
  "roll-back": ROLL_BACK,
  "validate-arrivals": VALIDATE_ARRIVALS,
};
