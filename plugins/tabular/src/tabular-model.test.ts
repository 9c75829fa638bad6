import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Backend, loadBackend } from "./backend.ts";
import { buildNetwork, type DenseWeights, predictNetwork } from "./network.ts";
import { sigmoid } from "./logistic.ts";
import { loadNetwork, loadPipeline, saveModel, type TabularPipeline } from "./tabular-model.ts";

const PIPELINE: TabularPipeline = {
  format: "clew-tabular/1",
  model: "tfjs-layers",
  sql: "SELECT * FROM data",
  target: "y",
  features: [{ name: "x", column: "x", kind: "numeric", clip: 5, hasMissing: true, mean: 1, std: 2 }],
  threshold: 0.5,
  baselines: [{ kind: "constant", name: "majority", probability: 0.25 }],
};

function dense(inputs: number, units: number, kernel: number[], bias: number[]): DenseWeights {
  return { inputs, units, kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) };
}

const MEMBERS = [[dense(2, 2, [1, -1, 0.5, 2], [0, 0.5]), dense(2, 1, [1, -2], [0.25])], [dense(2, 1, [1, 1], [0])]];
const MATRIX = { rows: 2, width: 2, values: Float32Array.of(1, 2, -1, 0.5) };

/** By hand: relu(x W + b) w + c, then the mean of the members' probabilities. */
const EXPECTED = [(sigmoid(2 - 2 * 3.5 + 0.25) + sigmoid(3)) / 2, (sigmoid(0 - 2 * 2.5 + 0.25) + sigmoid(-0.5)) / 2];

async function saved(backend: Backend): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "clew-model-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  const network = buildNetwork(backend.tf, MEMBERS);
  await saveModel(backend.tf, dir, network, PIPELINE);
  network.dispose();
  return dir;
}

test.each(["wasm", "cpu"] as const)("a model that was saved answers the same on %s, and as by hand", async (name) => {
  const backend = await loadBackend(name);
  const dir = await saved(backend);
  const network = await loadNetwork(backend.tf, (file) => join(dir, file));
  const scores = predictNetwork(backend.tf, network, MATRIX);
  for (const [row, expected] of EXPECTED.entries()) expect(scores[row]).toBeCloseTo(expected, 6);
  expect(await loadPipeline((file) => join(dir, file))).toEqual(PIPELINE);
});

test("a file that is not what it should be is named", async () => {
  const backend = await loadBackend("cpu");
  const dir = await saved(backend);
  const path = (file: string) => join(dir, file);
  await writeFile(path("pipeline.json"), "{}");
  await expect(loadPipeline(path)).rejects.toThrow("the model's pipeline.json cannot be read");
  await writeFile(path("weights.bin"), "short");
  await expect(loadNetwork(backend.tf, path)).rejects.toThrow("the model's model.json cannot be read");
});
