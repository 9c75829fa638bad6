import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { loadModel } from "@clew/plugin-models";
import { loadBackend } from "@clew/plugin-tabular";
import { CLASSES, flights, flightsFile, TRAINING } from "../../tabular/test/several-classes.ts";
import { aWorkshop } from "../../tabular/test/workshop.ts";

const { trees: _, ...ASKED } = TRAINING;
const NETWORK = {
  hiddenUnits: [24],
  dropout: 0,
  learningRate: 0.02,
  batchSize: 16,
  maxEpochs: 30,
  patience: 8,
  members: 2,
};

interface Answer {
  label: string;
  probabilities: number[];
}
interface Bundle {
  classes: string[];
  predict(rows: readonly object[]): Answer[];
}
type LoadBundle = (tf: unknown, read: (path: string) => Promise<ArrayBuffer>) => Promise<Bundle>;

test("a net learns several classes, is evaluated, and answers in a web page's folder as where it is served", async () => {
  const workshop = await aWorkshop();
  const data = [await workshop.dataset("tests/flights@1", { "flights.jsonl": flightsFile(flights(400)) })];
  const trained = await workshop.run("train-tfjs", { ...ASKED, network: NETWORK, backend: "wasm" }, { data });
  const made = trained.outcome.outputs[0]?.output;
  if (made?.nodeType !== "ModelVersion") throw new Error(JSON.stringify(trained.outcome));
  expect(Object.keys(trained.metrics)).toEqual(
    expect.arrayContaining(["loss", "val_log_loss", "val_accuracy", "member1_loss"]),
  );
  expect(made.metrics["val_accuracy"]).toBeGreaterThan(0.8);
  expect(made.metrics["val_log_loss"]).toBeLessThan(made.metrics["val_majority_log_loss"] as number);

  const { signature } = made;
  const model = { ...(await trained.as("ModelVersion", "tests/outcome@1", "model")), signature };
  const judged = await workshop.run("evaluate-tabular", { resamples: 50, backend: "wasm" }, { model: [model], data });
  const report = judged.outcome.outputs[0]?.output;
  expect(report, JSON.stringify(judged.outcome)).toMatchObject({ metrics: { rows: 400, classes: 3 } });

  const { outcome, path } = await workshop.run("export-model", {}, { model: [model] });
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ outcome: "result" });
  const { loadBundle } = (await import(pathToFileURL(path("export/predict.js")).href)) as { loadBundle: LoadBundle };
  const read = async (file: string) => new Uint8Array(await readFile(path(`export/${file}`))).buffer;
  const { tf } = await loadBackend("wasm");
  const bundle = await loadBundle(tf, read);
  expect(bundle.classes).toEqual([...CLASSES]);
  const input = { ...model, path: (file: string) => trained.path(`model/${file}`) };
  const served = await loadModel(tf, { model: input, format: "tfjs-layers" });
  const columns = { hour: [7, 17, 17], load: [50, 95, 5] };
  const answered = await served.predict({ rows: 3, tensors: new Map(Object.entries(columns)) });
  served.dispose();
  expect(answered.tensors.get("label")).toEqual([CLASSES[1], CLASSES[0], CLASSES[2]]);
  const rows = columns.hour.map((hour, row) => ({ hour, load: columns.load[row] }));
  for (const [row, { label, probabilities }] of bundle.predict(rows).entries()) {
    expect(label).toBe(answered.tensors.get("label")![row]);
    const wanted = answered.tensors.get("probabilities")!.slice(row * 3, row * 3 + 3);
    for (const [place, probability] of probabilities.entries())
      expect(probability).toBeCloseTo(Number(wanted[place]), 6);
  }
}, 120_000);
