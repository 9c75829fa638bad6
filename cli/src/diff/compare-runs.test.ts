import { expect, it } from "vitest";
import type { RunNode } from "../await-run.ts";
import { type Paint, plain } from "../terminal/paint.ts";
import { compareRuns } from "./compare-runs.ts";
import { comparisonLines } from "./comparison-lines.ts";

const marked: Paint = (style, text) => (style === "yellow" ? `<${text}>` : text);

function aRun(id: string, parameters: object, auc: number | string, data = "flights/flights@4"): RunNode {
  return {
    id,
    namespace: "flights",
    name: "train-tfjs",
    runType: "TRAINING",
    state: "SUCCEEDED",
    plugin: { name: "train-tfjs", version: "1.2.0" },
    seed: 7,
    queuedAt: "2026-01-31T12:00:00.000Z",
    startedAt: "2026-01-31T12:00:01.000Z",
    endedAt: "2026-01-31T12:00:04.200Z",
    inputs: [
      { role: "train", node: { id: "DatasetVersion:1", key: data } },
      { role: "hyperparameters", node: { id: "HyperparameterSet:1", parameters } },
      { role: "code", node: { id: "CodeVersion:1", name: "flights", commit: "0123456789abcdef" } },
      { role: "environment", node: { id: "Environment:1", values: { node: "24", backend: "wasm" } } },
    ],
    outputs: [
      {
        role: "report",
        node: {
          id: "Report:1",
          metrics: [
            { name: "auc", value: auc },
            { name: "rows", value: 1000 },
          ],
        },
      },
    ],
  } as unknown as RunNode;
}

const one = aRun("Run:1", { optimizer: { lr: 0.01, name: "adam" }, epochs: 3, layers: [8] }, 0.5);
const other = aRun(
  "Run:2",
  { optimizer: { lr: 0.1, name: "adam" }, layers: [8, 4], dropout: true },
  0.75,
  "flights/flights@5",
);

it("says what differs, and what came out", () => {
  expect(compareRuns(one, other)).toMatchObject({
    runs: ["Run:1", "Run:2"],
    inputs: [{ name: "train", values: ["flights/flights@4", "flights/flights@5"] }],
    parameters: [
      { name: "epochs", values: [3, null] },
      { name: "layers", values: [[8], [8, 4]] },
      { name: "optimizer.lr", values: [0.01, 0.1] },
      { name: "dropout", values: [null, true] },
    ],
    sameParameters: 1,
    environment: [],
    metrics: [
      { role: "report", name: "auc", values: [0.5, 0.75], difference: 0.25 },
      { name: "rows", difference: 0 },
    ],
  });
});

it("has no difference of what is no number, or missing", () => {
  const nan = { ...aRun("Run:2", {}, "NaN"), outputs: [] };
  const [auc] = compareRuns(one, nan).metrics;
  expect(auc).toEqual({ role: "report", name: "auc", values: [0.5, null], difference: null });
  expect(compareRuns(one, aRun("Run:2", {}, "NaN")).metrics[0]).toMatchObject({
    values: [0.5, "NaN"],
    difference: null,
  });
});

it("stands in aligned columns, with what differs painted", () => {
  const lines = comparisonLines(compareRuns(one, other), marked);
  expect(lines).toContain("plugin     train-tfjs@1.2.0      train-tfjs@1.2.0");
  expect(lines).toContain("  train  flights/flights@4  <flights/flights@5>");
  expect(lines).toContain("  optimizer.lr  0.01    <0.1>");
  expect(lines).toContain("  dropout       (none)  <true>");
  expect(lines).toContain("  1 parameter the same");
  expect(lines.find((line) => line.includes("auc"))).toMatch(/report {2}auc +0\.5 +0\.75 +<\+0\.25>$/);
  expect(comparisonLines(compareRuns(one, one), plain).join("\n")).not.toContain("Environment");
});
