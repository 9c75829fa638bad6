import training from "./training.json" with { type: "json" };

/** A model that is worse than this in log loss is retrained. */
export const LOG_LOSS_MAX = 0.53;
/** No model may rank worse. */
export const ROC_AUC_MIN = 0.57;

/** Less log loss than this is not worth another model: what changes has to be looked after. */
export const WORTH_A_CHANGE = 0.03;

/** By this rule of the monitor's reports a challenger is better than the champion on the same flights. */
export const CHALLENGER = "challenger";

/** What the monitor is told, where a window has so many rows. */
export const monitoring = (windowRows: number) => ({
  window: { by: "count", rows: windowRows, grace: 1 },
  features: training.features
    .filter((feature, index, all) => all.findIndex(({ column }) => column === feature.column) === index)
    .map(({ column, kind }) => ({ name: column, kind: kind === "categorical" ? "categorical" : "numeric" })),
  referenceRows: 10_000,
  prediction: { column: "probability", threshold: 0.3 },
  labels: { wait: "P1D", sampleRows: windowRows + 1_000 },
  quality: {
    gates: [
      { kind: "threshold", metric: "log_loss", max: LOG_LOSS_MAX, whenUnsure: "PASS" },
      { kind: "threshold", metric: "roc_auc", min: ROC_AUC_MIN, whenUnsure: "PASS" },
      { kind: "better-than-baseline", name: CHALLENGER, metric: "log_loss", margin: WORTH_A_CHANGE },
    ],
    resamples: 100,
  },
  alerts: { windows: 2, of: 4 },
});
