import { WindowSample } from "@clew/plugin-drift";
import type { Prediction } from "@clew/plugin-sdk";
import type { Answers } from "./answers.ts";
import type { Feature } from "./parameters.ts";
import { isOfAnswers, sampledColumns, sampledSlice, type Settings } from "./settings.ts";

/** What was predicted in a window by one model of one deployment, live or as a shadow. */
export interface PartKey {
  readonly deployment: string;
  /** Null: the requests of the deployment that no model got. */
  readonly model: string | null;
  readonly mode: Prediction["mode"];
}

type Watched = Pick<Settings, "given" | "answers">;

/** Requests of which latencies are kept; of more a uniform sample is. */
const LATENCIES = 10_000;

/** One model's share of a window, in bounded memory. */
export class Part {
  readonly key: PartKey;
  readonly #watched: Watched;
  /** Those that this part has values of: a shadow's requests stand with the live answer. */
  readonly features: readonly Feature[];
  readonly sample: WindowSample;
  readonly latencies = new WindowSample({ columns: [{ name: "ms", kind: "numeric" }], capacity: LATENCIES });
  requests = 0;
  errors = 0;
  serverErrors = 0;
  /** Of the errors those that nobody was to answer: a person has suspended what would. */
  suspended = 0;
  rows = 0;
  /** Rows whose values were not sent on. */
  rowsWithoutValues = 0;
  /** Rows whose answer has in the prediction's column nothing of its kind. */
  unscored = 0;
  /** Rows with a prediction that is a number, their sum, and those of them that count as positive. */
  scored = 0;
  scores = 0;
  positives = 0;
  /** Of all requests together. */
  busyMs = 0;

  constructor(key: PartKey, watched: Watched) {
    this.key = key;
    this.#watched = watched;
    const isShadow = key.mode === "SHADOW";
    const { features, slices: cuts, sampleRows } = watched.given;
    this.features = isShadow ? features.filter(isOfAnswers) : features;
    const slices = isShadow ? [] : cuts;
    const columns = sampledColumns({ features: [...this.features], slices });
    this.sample = new WindowSample({ columns, capacity: sampleRows });
  }

  add(prediction: Prediction): void {
    const { id, latencyMs, error, rows } = prediction;
    this.requests += 1;
    this.busyMs += latencyMs;
    if (error === null) {
      this.rows += rows;
      this.latencies.add(id, { ms: latencyMs });
      this.#addValues(prediction);
      return;
    }
    this.errors += 1;
    if (error.status >= 500) this.serverErrors += 1;
    if (error.status === 503 && this.key.model === null) this.suspended += 1;
  }

  #addValues(prediction: Prediction): void {
    const { id, rows, inputs } = prediction;
    const valued = inputs === null && this.key.mode === "LIVE" ? 0 : valuedRows(prediction);
    for (let row = 0; row < valued; row++) this.sample.add(`${id} ${row}`, this.#rowOf(prediction, row));
    this.rowsWithoutValues += rows - valued;
    this.#addScores(prediction.outputs, valuedRows(prediction));
  }

  #addScores(outputs: Prediction["outputs"], rows: number): void {
    const { answers } = this.#watched;
    if (answers === null || outputs === null) return;
    const values = valuesIn(outputs, answers.column);
    for (let row = 0; row < rows; row++) {
      const scores = answers.scoresOf(values?.[row]);
      if (scores === null) this.unscored += 1;
      else if (answers.width === 1) this.#addScore(scores[0]!, answers);
    }
  }

  #addScore(score: number, { isPositive }: Answers): void {
    this.scored += 1;
    this.scores += score;
    if (isPositive(score)) this.positives += 1;
  }

  #rowOf({ inputs, outputs }: Prediction, row: number): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const feature of this.features) {
      values[feature.name] = valuesIn(isOfAnswers(feature) ? outputs : inputs, feature.name)?.[row];
    }
    if (this.key.mode === "LIVE")
      for (const { name } of this.#watched.given.slices) values[sampledSlice(name)] = valuesIn(inputs, name)?.[row];
    return values;
  }
}

export function keyText({ deployment, model, mode }: PartKey): string {
  return `${tokenOf(deployment)}-${model === null ? "none" : tokenOf(model)}-${mode}`;
}

export function tokenOf(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

type Columns = NonNullable<Prediction["inputs"]>;

/** How many of a prediction's rows have an answer, whatever it says of their number. */
export function valuedRows({ rows, outputs }: Prediction): number {
  const lengths = Object.values(outputs ?? {}).map((values) => values?.length ?? 0);
  return Math.min(rows, Math.max(0, ...lengths));
}

/** A column's values, one for each row; undefined where there are none, or they were too many to be sent on. */
export function valuesIn(columns: Columns | null, name: string): NonNullable<Columns[string]> | undefined {
  return columns !== null && Object.hasOwn(columns, name) ? (columns[name] ?? undefined) : undefined;
}
