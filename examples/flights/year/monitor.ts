import training from "./training.json" with { type: "json" };

/** Rows of a window: about a quarter of half a month. */
export const WINDOW_ROWS = 3_500;

/** A model that is worse than this in log loss is retrained. */
export const LOG_LOSS_MAX = 0.53;
/** No model may rank worse. */
export const ROC_AUC_MIN = 0.56;

/** By this rule of the monitor's reports a challenger is better than the champion on the same flights. */
export const CHALLENGER = "challenger";

/** What the monitor is told. */
export const MONITORING = {
  window: { by: "count", rows: WINDOW_ROWS, grace: 1 },
  features: training.features
    .filter((feature, index, all) => all.findIndex(({ column }) => column === feature.column) === index)
    .map(({ column, kind }) => ({ name: column, kind: kind === "categorical" ? "categorical" : "numeric" })),
  referenceRows: 10_000,
  prediction: { column: "probability", threshold: 0.3 },
  labels: { wait: "P1D", sampleRows: WINDOW_ROWS + 1_000 },
  quality: {
    gates: [
      { kind: "threshold", metric: "log_loss", max: LOG_LOSS_MAX, whenUnsure: "PASS" },
      { kind: "threshold", metric: "roc_auc", min: ROC_AUC_MIN, whenUnsure: "PASS" },
      { kind: "better-than-baseline", name: CHALLENGER, metric: "log_loss", margin: 0.002 },
    ],
    resamples: 100,
  },
  alerts: { windows: 3, of: 4 },
};
