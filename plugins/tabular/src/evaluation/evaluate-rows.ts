import { ClassRows } from "../class-rows.ts";
import { seedFor } from "../random.ts";
import { ScoredRows } from "../scored-rows.ts";
import { bootstrap } from "./bootstrap.ts";
import { calibrationOf } from "./calibration.ts";
import type { ClassesParts, ClassifierParts, Evaluated, EvaluatedSlice, Measured } from "./evaluated.ts";
import type { MeasuredRows } from "./metric-traits.ts";
import type { RowSlice } from "./slice-rows.ts";

export interface EvaluationTask {
  readonly model: MeasuredRows;
  /** The same rows with the answers of what the model is compared with. */
  readonly baselines: readonly { name: string; rows: MeasuredRows }[];
  readonly slices: readonly RowSlice[];
  readonly resamples: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** @param done how many slices are measured, this one the last */
  readonly onSlice?: (done: number, slice: RowSlice) => void;
}

/** Metrics with their intervals, of all rows and of each slice. */
export async function evaluateRows(task: EvaluationTask): Promise<Evaluated> {
  const { model, baselines, seed } = task;
  const { intervals, gains } = await bootstrap({
    ...task,
    baselines: baselines.map(({ rows }) => rows),
    seed: seedFor(seed, 0),
  });
  return {
    ...measured(model),
    intervals,
    ...partsOf(model),
    baselines: baselines.map(({ name, rows }, index) => ({ name, metrics: rows.measure(), gains: gains[index]! })),
    slices: await evaluateSlices(task),
  };
}

async function evaluateSlices(task: EvaluationTask): Promise<EvaluatedSlice[]> {
  const done: EvaluatedSlice[] = [];
  for (const [index, slice] of task.slices.entries()) {
    const { name, value, where, rows } = slice;
    const part = task.model.take(rows);
    const { intervals } = await bootstrap({ ...task, model: part, baselines: [], seed: seedFor(task.seed, index + 1) });
    done.push({ name, value, where, ...measured(part), intervals });
    task.onSlice?.(index + 1, slice);
  }
  return done;
}

/** What is said of probabilities only. */
function partsOf(model: MeasuredRows): Pick<Evaluated, "calibration"> & Partial<ClassifierParts & ClassesParts> {
  if (model instanceof ScoredRows) {
    const { threshold, labels, scores } = model;
    return { threshold, confusion: model.confusion(), calibration: calibrationOf(labels, scores) };
  }
  if (!(model instanceof ClassRows)) return {};
  const { labels, scores } = model.topLabel();
  return {
    byClass: model.byClass(),
    confusionMatrix: model.confusion(),
    calibration: calibrationOf(labels, scores),
  };
}

function measured(rows: MeasuredRows): Pick<Measured, "rows" | "positives" | "metrics"> {
  if (!(rows instanceof ScoredRows)) return { rows: rows.size, metrics: rows.measure() };
  const positives = rows.labels.reduce((sum, label) => sum + label, 0);
  return { rows: rows.size, positives, metrics: rows.measure() };
}
