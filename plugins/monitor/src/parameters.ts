import { AbOptions } from "@clew/plugin-ab-test";
import { PREDICTION_ELEMENTS_MAX } from "@clew/plugin-sdk";
import { z } from "zod";
import { DRIFT_METHODS, DriftOptions } from "@clew/plugin-drift";
import { Cross, Gate } from "@clew/plugin-tabular/evaluation";

const ColumnName = z.string().min(1).max(255);
const Duration = z.union([z.int().min(1), z.iso.duration()]);
const Share = z.number().min(0).max(1);

const grace = Duration.default(60).describe(
  "So long after a window's end what was predicted in it may still arrive; seconds, or ISO 8601 as PT5M",
);

const Window = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("time"),
    length: Duration.describe("Seconds, or ISO 8601 as PT1H or P7D; windows begin at its multiples since 1970, UTC"),
    grace,
  }),
  z.strictObject({
    by: z.literal("count"),
    rows: z.int().min(1).max(10_000_000).describe("A window ends with the message that brings as many answered rows"),
    grace,
  }),
]);

const Feature = z.strictObject({
  name: ColumnName.describe("Its column in the requests, or in the answers"),
  from: z.enum(["inputs", "outputs"]).default("inputs").describe("outputs: what the model answers may drift too"),
  reference: ColumnName.optional().describe("Its column in the reference; that of the same name where it is left out"),
  kind: z.enum(["numeric", "categorical"]).describe("A value of another kind counts as missing"),
  method: z
    .enum(DRIFT_METHODS)
    .optional()
    .describe("KS for numbers and CHI_SQUARED for categories where it is left out"),
  importance: Share.optional().describe("Its share in the model's answers; where any has one, those without have none"),
});
export type Feature = z.output<typeof Feature>;

const Slice = z.strictObject({
  name: ColumnName.describe("A column of the requests"),
  reference: ColumnName.optional().describe("Its column in the reference; that of the same name where it is left out"),
  maxValues: z.int().min(1).max(50).default(10).describe("The most frequent values are a slice each"),
});

const LabelValue = z.union([z.string().max(255), z.number(), z.boolean()]);
export type LabelValue = z.output<typeof LabelValue>;

const PredictionOf = z.strictObject({
  column: ColumnName.describe("Of the answers"),
  kind: z
    .enum(["probability", "number", "classes"])
    .default("probability")
    .describe("probability: of the positive class; classes: a list of the probabilities of each"),
  threshold: Share.default(0.5).describe("From this probability on a row counts as predicted positive"),
  classes: z
    .array(LabelValue)
    .min(2)
    .max(PREDICTION_ELEMENTS_MAX)
    .optional()
    .describe("The labels of the classes, in the order of their probabilities; for kind classes, which needs them"),
});

const Labels = z.strictObject({
  wait: Duration.describe("So long after a window's end, and its grace, labels may come; seconds, or ISO 8601 as P7D"),
  positive: LabelValue.default(1).describe("The label of the positive class; true is 1 as well"),
  negative: LabelValue.default(0).describe("The label of the negative class; false is 0 as well"),
  sampleRows: z
    .int()
    .min(1_000)
    .max(200_000)
    .default(20_000)
    .describe("Rows of a window that wait for labels; of more a uniform sample does"),
  maxWindows: z
    .int()
    .min(1)
    .max(1_000)
    .default(50)
    .describe("Windows that may wait; beyond, the oldest waits no longer"),
});

const Quality = z.strictObject({
  gates: z
    .array(Gate)
    .max(50)
    .default([])
    .describe("What the answers must keep to, as evaluate-tabular's gates; groups and slices are those of slices"),
  crosses: z.array(Cross).max(20).default([]).describe("Combinations of slices"),
  drops: z
    .array(
      z.strictObject({
        metric: z.string().min(1).max(200),
        baseline: z
          .number()
          .describe("What the metric was when the model was evaluated; the worse end of its interval"),
        by: z.number().min(0).describe("So much worse it may be"),
      }),
    )
    .max(20)
    .default([])
    .describe("Metrics that must not be worse than they were"),
  minSliceRows: z.int().min(1).default(30).describe("Smaller slices are left out"),
  resamples: z.int().min(50).max(5_000).default(200).describe("Bootstrap resamples for each interval"),
});

const AbTesting = AbOptions.pick({ alpha: true, margin: true, tightestAt: true }).extend({
  outcome: z
    .enum(["error", "brier_score", "absolute_error"])
    .describe(
      "What is compared of a row, less being better: error (0 or 1) of classes, it and brier_score of probabilities",
    ),
  cap: z
    .number()
    .positive()
    .optional()
    .describe(
      "Of absolute_error, and needed for it: a larger error counts as this, since the test must know the largest",
    ),
});

const atMost = (text: string) => z.number().min(0).optional().describe(`At most; ${text}`);

const Limits = z.strictObject({
  errorRate: Share.optional().describe("At most; of all requests, those of clients' mistakes too"),
  serverErrorRate: Share.optional().describe("At most; of all requests, those that failed with 500 and above"),
  latencyP50Ms: atMost("half of the answers take no longer"),
  latencyP95Ms: atMost("95 % of the answers take no longer"),
  latencyP99Ms: atMost("99 % of the answers take no longer"),
  minRequests: z.int().min(1).optional().describe("At least; in each window of time, an empty one too"),
  maxRequests: z.int().min(1).optional().describe("At most; in each window"),
  inFlight: atMost("requests that are being answered at the same time, on average over the window"),
  lostShare: Share.default(0).describe(
    "At most; inferences that could not be passed on to the monitor, and as many that came too late or by a wrong clock",
  ),
});
export type Limits = z.output<typeof Limits>;

const Severity = z.enum(["WARNING", "CRITICAL"]);

const Alerts = z.strictObject({
  windows: z.int().min(1).max(100).default(1).describe("So many of the last `of` windows must show it"),
  of: z.int().min(1).max(100).default(1),
  groupBy: z
    .enum(["deployment", "feature"])
    .default("deployment")
    .describe("deployment: all drift of a deployment is one alert; feature: each feature that drifts has its own"),
  severity: z
    .strictObject({
      drift: Severity.default("WARNING"),
      quality: Severity.default("CRITICAL"),
      fairness: Severity.default("CRITICAL"),
      errors: Severity.default("CRITICAL"),
      latency: Severity.default("WARNING"),
      traffic: Severity.default("WARNING"),
      saturation: Severity.default("WARNING"),
      lost: Severity.default("WARNING"),
    })
    .prefault({}),
});

const Clock = z.strictObject({
  ahead: Duration.default(60).describe("What was predicted so much later than it was stored is put aside, and counted"),
  behind: Duration.default("P1D").describe("So much earlier: likewise"),
});

export const Parameters = z.strictObject({
  window: Window,
  features: z.array(Feature).min(1).max(200).describe("What is compared with the reference"),
  slices: z.array(Slice).max(5).default([]).describe("What rows are cut by, for drift, quality and fairness"),
  sql: z
    .string()
    .min(1)
    .max(20_000)
    .default("SELECT * FROM data")
    .describe("The reference's rows, as the model gets them; one SELECT over the view data"),
  referenceRows: z
    .int()
    .min(1)
    .max(200_000)
    .default(50_000)
    .describe("Of a larger reference a uniform sample is taken"),
  sampleRows: z
    .int()
    .min(100)
    .max(100_000)
    .default(10_000)
    .describe("Rows of a window that are compared; of more a uniform sample is, for each model"),
  drift: DriftOptions.prefault({}),
  prediction: PredictionOf.optional().describe("Needed for the share of positives, and for labels"),
  labels: Labels.optional().describe("Labels are waited for, and joined by the inference's id and row"),
  quality: Quality.prefault({}).describe("What is said once labels have come"),
  abTest: AbTesting.optional().describe(
    "Two live models of a deployment are compared by their labelled rows, until it is decided which is better",
  ),
  limits: Limits.prefault({}).describe("What traffic must keep to"),
  alerts: Alerts.prefault({}),
  clock: Clock.prefault({}),
});
export type Parameters = z.output<typeof Parameters>;
