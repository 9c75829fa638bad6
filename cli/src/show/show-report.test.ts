import { describe, expect, it } from "vitest";
import { type Paint, plain } from "../terminal/paint.ts";
import { evaluationTable, headlines } from "./evaluation-table.ts";
import type { ReportNode } from "./report-node.ts";
import { reportLines } from "./show-report.ts";

const values: Record<string, number | string> = {
  rows: 1000,
  roc_auc: 0.71,
  roc_auc_low: 0.7,
  roc_auc_high: 0.72,
  log_loss: 0.5,
  log_loss_low: 0.4,
  log_loss_high: 0.6,
  flow: 3,
  majority_roc_auc: 0.5,
  gain_over_majority_roc_auc: 0.21,
  gain_over_majority_roc_auc_low: 0.2,
  gain_over_majority_roc_auc_high: 0.22,
  logistic_all_roc_auc: 0.75,
  gain_over_logistic_all_roc_auc: -0.04,
  gain_over_logistic_all_roc_auc_low: -0.05,
  gain_over_logistic_all_roc_auc_high: -0.03,
};
const metrics = Object.entries(values).map(([name, value]) => ({ name, value }));
const marked: Paint = (style, text) => `<${style}>${text}`;

const report: ReportNode = {
  id: "Report:1",
  reportType: "EVALUATION",
  verdict: "PASS",
  createdAt: "2026-01-31T12:00:00.000Z",
  metrics,
  run: { id: "Run:1" },
  about: [{ role: "model", node: { id: "ModelVersion:1", key: "flights/arrival-delay@1" } }],
  slices: [
    {
      where: [{ column: "carrier", value: "AA" }],
      count: 1200,
      metrics: [{ name: "roc_auc", value: 0.5 }],
      intervals: [{ name: "roc_auc", low: 0.4, high: 0.6 }],
    },
    {
      where: [{ column: "carrier", value: "UA" }],
      count: 10,
      metrics: [{ name: "roc_auc", value: "NaN" }],
      intervals: [],
    },
    { where: [{ column: "origin", value: "JFK" }], count: 5, metrics: [{ name: "roc_auc", value: 1 }], intervals: [] },
  ],
  anomalies: [],
  drift: [],
  rules: [],
};

const ANOMALY: ReportNode["anomalies"][number] = {
  type: "DATASET_LOW_NUM_EXAMPLES",
  column: null,
  severity: "ERROR",
  message: "too few rows",
  count: 7,
};
const DRIFT: ReportNode["drift"][number] = {
  feature: "temp",
  where: [{ column: "origin", value: "JFK" }],
  method: "KS",
  definition: "two-sample Kolmogorov-Smirnov statistic",
  value: 0.1,
  pValue: 0.01,
  adjustedPValue: 0.02,
  floor: null,
  importance: 0.3,
  referenceCount: 500,
  currentCount: 400,
  outcome: "DRIFT",
};
const RULE: ReportNode["rules"][number] = {
  rule: "beats the champion",
  kind: "BETTER_THAN_BASELINE",
  metric: "roc_auc",
  where: [],
  value: 0.01,
  low: "-Infinity",
  high: 0.02,
  count: 28330,
  bound: 0,
  pValue: 0.04,
  adjustedPValue: null,
  outcome: "PASS",
  message: "roc_auc is 0.01 better",
};

describe("evaluationTable", () => {
  it("sets the model beside each baseline, with the paired interval of its gain", () => {
    const lines = evaluationTable(metrics, plain);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ["metric", "model", "baseline", "its value", "gain"],
      ["roc_auc", "0.71 [0.7, 0.72]", "majority", "0.5", "0.21 [0.2, 0.22]"],
      ["roc_auc", "0.71 [0.7, 0.72]", "logistic_all", "0.75", "-0.04 [-0.05, -0.03]"],
    ]);
  });

  it("colours a gain only where its whole interval is on one side of 0", () => {
    const [, majority, logistic] = evaluationTable(metrics, marked);
    expect(majority).toContain("<green>0.21");
    expect(logistic).toContain("<red>-0.04");
    const wide = metrics.map((one) => (one.name === "gain_over_majority_roc_auc_low" ? { ...one, value: -1 } : one));
    expect(evaluationTable(wide, marked)[1]).not.toMatch(/<green>|<red>/);
  });

  it("is empty without baselines", () => {
    expect(evaluationTable([{ name: "roc_auc", value: 1 }], plain)).toEqual([]);
  });
});

describe("headlines", () => {
  it("are the metrics with an interval first", () => {
    expect(headlines(metrics)).toEqual(["roc_auc 0.71 [0.7, 0.72]", "log_loss 0.5 [0.4, 0.6]", "rows 1,000"]);
  });
});

describe("reportLines", () => {
  const lines = reportLines(report, plain);

  it("lists each metric once, its bounds beside it", () => {
    const from = lines.indexOf("Metrics");
    const names = lines.slice(from + 2, lines.indexOf("", from)).map((line) => line.trim().split(/ {2,}/));
    expect(names).toEqual([
      ["rows", "1,000"],
      ["roc_auc", "0.71 [0.7, 0.72]"],
      ["log_loss", "0.5 [0.4, 0.6]"],
      ["flow", "3"],
    ]);
  });

  it("draws a table with bars for each way of slicing", () => {
    expect(lines).toContain("By carrier");
    expect(lines).toContain("By origin");
    expect(lines.find((line) => line.startsWith("  AA "))).toMatch(/AA +1,200 +0\.5 \[0\.4, 0\.6\] {2}█{10}$/);
    expect(lines.find((line) => line.startsWith("  UA "))).toMatch(/UA +10 +NaN$/);
    expect(lines.find((line) => line.startsWith("  JFK "))).toMatch(/JFK +5 +1 {2}█{20}$/);
  });

  it("shows anomalies, drift and a gate's rules, each only where there are some", () => {
    expect(lines.join("\n")).not.toMatch(/Anomalies|Drift|Rules/);
    const full = reportLines({ ...report, anomalies: [ANOMALY], drift: [DRIFT], rules: [RULE] }, marked).join("\n");
    expect(full).toMatch(/<red>ERROR +\(dataset\) +DATASET_LOW_NUM_EXAMPLES +7 +too few rows/);
    expect(full).toMatch(/<red>DRIFT +temp +origin=JFK +KS +0\.1 +0\.02 +0\.3 +500 \/ 400/);
    expect(full).toMatch(
      /<green>PASS +beats the champion +0\.01 \[-Infinity, 0\.02\] +28,330 +0 +0\.04 +roc_auc is 0\.01 better/,
    );
  });

  it("names what it is about", () => {
    expect(lines).toContain("about    flights/arrival-delay@1 (model)");
  });
});
