import { PluginFailure } from "@clew/plugin-sdk";
import { ClassRows, highest, RegressionRows, ScoredRows } from "@clew/plugin-tabular";
import type { MeasuredRows } from "@clew/plugin-tabular/evaluation";
import type { LabelValue, Parameters } from "./parameters.ts";

/** What a model answers, by `prediction.kind`: how it is read, labelled and measured. */
export interface Answers extends ByKind {
  /** Of the model's outputs. */
  readonly column: string;
  readonly kind: Read["kind"];
  /** Of kind classes their names. */
  readonly classes: readonly string[] | undefined;
}

interface ByKind {
  /** Numbers that a row's answer has: one, or one for each class. */
  readonly width: number;
  /** Null for what is no answer of this kind. */
  readonly scoresOf: (value: unknown) => readonly number[] | null;
  /** 0 and 1, the index of a class, or the number itself; undefined where it is no label. */
  readonly labelOf: (value: LabelValue) => number | undefined;
  readonly isPositive: (score: number) => boolean;
  /** The class that is predicted for each row, as its label would be; of numbers they themselves. */
  readonly predicted: (scores: Float64Array) => ArrayLike<number>;
  /** @param scores row by row, `width` each */
  readonly measured: (labels: Float64Array, scores: Float64Array) => MeasuredRows;
}

type Read = NonNullable<Parameters["prediction"]>;
type Labels = NonNullable<Parameters["labels"]>;

/** Null where nothing was said of a prediction. @throws {PluginFailure} BAD_PARAMETERS */
export function answersOf({ prediction, labels }: Pick<Parameters, "prediction" | "labels">): Answers | null {
  if (prediction === undefined) return null;
  const { column, kind, classes } = prediction;
  if ((kind === "classes") !== (classes !== undefined))
    throw refused("prediction.classes", "are for kind classes, which needs them");
  return { column, kind, classes: classes?.map(String), ...byKind(prediction, labels) };
}

function byKind({ kind, threshold, classes }: Read, labels: Labels | undefined): ByKind {
  if (kind === "number") return NUMBERS;
  if (kind === "probability") return probabilities(threshold, labels);
  return classProbabilities(classes!);
}

const NUMBERS: ByKind = {
  width: 1,
  scoresOf: (value) => (isNumber(value) ? [value] : null),
  labelOf: (value) => (isNumber(value) ? value : undefined),
  isPositive: () => false,
  predicted: (scores) => scores,
  measured: (labels, scores) => new RegressionRows(labels, scores),
};

function probabilities(threshold: number, labels: Labels | undefined): ByKind {
  if (labels !== undefined && isSameLabel(labels.positive, labels.negative))
    throw refused("labels", "the positive and the negative label are the same");
  const isPositive = (score: number) => score >= threshold;
  return {
    width: 1,
    scoresOf: (value) => (isProbability(value) ? [value] : null),
    labelOf: (value) => {
      if (labels === undefined) return undefined;
      if (isSameLabel(value, labels.positive)) return 1;
      return isSameLabel(value, labels.negative) ? 0 : undefined;
    },
    isPositive,
    predicted: (scores) => scores.map((score) => Number(isPositive(score))),
    measured: (truth, scores) => new ScoredRows(Uint8Array.from(truth), scores, threshold),
  };
}

function classProbabilities(classes: readonly LabelValue[]): ByKind {
  if (classes.some((one, at) => classes.findIndex((other) => isSameLabel(one, other)) < at))
    throw refused("prediction.classes", "two are the same");
  return {
    width: classes.length,
    scoresOf: (value) =>
      Array.isArray(value) && value.length === classes.length && value.every(isProbability) ? value : null,
    labelOf: (value) => {
      const at = classes.findIndex((one) => isSameLabel(one, value));
      return at < 0 ? undefined : at;
    },
    isPositive: () => false,
    predicted: (scores) => highest(scores, classes.length),
    measured: (labels, scores) => new ClassRows(Int32Array.from(labels), scores, classes.length),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && !Number.isNaN(value);
}

function isProbability(value: unknown): value is number {
  return isNumber(value) && value >= 0 && value <= 1;
}

/** Where true is 1 and false is 0. */
function isSameLabel(a: LabelValue, b: LabelValue): boolean {
  const plain = (value: LabelValue) => (typeof value === "boolean" ? Number(value) : value);
  return plain(a) === plain(b);
}

export function refused(what: string, why: string): PluginFailure {
  return new PluginFailure("BAD_PARAMETERS", `${what}: ${why}`);
}
