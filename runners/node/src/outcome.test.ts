import { failure } from "@clew/schema";
import type { CollectedOutput, JobOutcome } from "@clew/plugin-sdk/host";
import { expect, test } from "vitest";
import { finishInput } from "./outcome.ts";

const FILE = { path: "weights.bin", sizeBytes: 3, digest: `sha256:${"1".repeat(64)}` };
const FACTS = { environment: {}, peakRssBytes: 0, exitCode: 0 };

function finished(output: CollectedOutput["output"], files = [FILE]) {
  const outcome: JobOutcome = { outcome: "result", outputs: [{ role: "made", output, files }], summary: {}, ...FACTS };
  return finishInput("Run:1", 2, outcome, 7);
}

test("a model's metrics become a list, and what is not finite the strings of the scalar MetricValue", () => {
  const signature = { inputs: [], outputs: [{ name: "y", type: "DOUBLE" }] };
  const metrics = { loss: { $number: "NaN" as const }, auc: 0.5 };
  const input = finished({ nodeType: "ModelVersion", dir: "m", format: "onnx", signature, columnLineage: [], metrics });
  expect(input).toEqual({
    run: "Run:1",
    attempt: 2,
    failure: null,
    measurements: 7,
    outputs: [
      {
        role: "made",
        modelVersion: {
          files: [FILE],
          format: "onnx",
          signature,
          columnLineage: [],
          metrics: [
            { name: "loss", value: "NaN" },
            { name: "auc", value: 0.5 },
          ],
        },
      },
    ],
  });
});

const ANOMALY = {
  type: "ENUM_TYPE_UNEXPECTED_STRING_VALUES",
  column: "carrier",
  severity: "ERROR" as const,
  message: "3 rows have a value that is not allowed: ZZ",
  count: 3,
};
const DRIFT = {
  feature: "temp",
  where: [{ column: "origin", value: "JFK" }],
  method: "KS" as const,
  definition: "two-sample Kolmogorov-Smirnov statistic",
  value: 0.1,
  pValue: 0.01,
  adjustedPValue: 0.02,
  floor: null,
  importance: 0.3,
  referenceCount: 500,
  currentCount: 400,
  outcome: "DRIFT" as const,
};
const RULE = {
  rule: "better than the champion",
  kind: "BETTER_THAN_BASELINE" as const,
  metric: "roc_auc",
  where: [],
  value: 0.01,
  low: 0.001,
  high: 0.02,
  count: 28330,
  bound: 0,
  pValue: 0.01,
  adjustedPValue: null,
  outcome: "PASS" as const,
  message: "roc_auc is 0.01 better",
};

test("a report's slices, intervals and numbers become what GraphQL takes", () => {
  const input = finished(
    {
      nodeType: "Report",
      reportType: "EVALUATION",
      about: ["model"],
      verdict: "PASS",
      metrics: { auc: 1 },
      slices: [
        {
          slice: { country: "NO", sex: "f" },
          count: 4,
          metrics: { auc: 0.25 },
          intervals: { auc: [0.1, { $number: "Infinity" }] },
        },
      ],
      anomalies: [ANOMALY],
      drift: [{ ...DRIFT, value: { $number: "Infinity" } }],
      rules: [{ ...RULE, low: { $number: "-Infinity" } }],
      dir: null,
    },
    [],
  );
  expect(input.outputs?.[0]?.report).toEqual({
    anomalies: [ANOMALY],
    drift: [{ ...DRIFT, value: "Infinity" }],
    rules: [{ ...RULE, low: "-Infinity" }],
    reportType: "EVALUATION",
    about: ["model"],
    verdict: "PASS",
    files: [],
    metrics: [{ name: "auc", value: 1 }],
    slices: [
      {
        where: [
          { column: "country", value: "NO" },
          { column: "sex", value: "f" },
        ],
        count: 4,
        metrics: [{ name: "auc", value: 0.25 }],
        intervals: [{ name: "auc", low: 0.1, high: "Infinity" }],
      },
    ],
  });
});

test("a dataset keeps its schema, rows and statistics", () => {
  const schema = [{ name: "x", type: "BIGINT", nullable: false }];
  const input = finished({ nodeType: "DatasetVersion", dir: "d", schema, rows: 3, statistics: [], columnLineage: [] });
  expect(input.outputs).toEqual([
    { role: "made", datasetVersion: { files: [FILE], schema, rows: 3, statistics: [], columnLineage: [] } },
  ]);
});

test("a failed job has a failure and no outputs, and its metric points count", () => {
  const cause = failure("BAD_INPUT", "no rows");
  const outcome: JobOutcome = { outcome: "failure", failure: cause, outputs: [], summary: {}, ...FACTS };
  expect(finishInput("Run:1", 1, outcome, 2)).toEqual({
    run: "Run:1",
    attempt: 1,
    outputs: [],
    failure: cause,
    measurements: 2,
  });
});
