import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { formatOf, loadModel, type Value } from "@clew/plugin-models";
import { hashFile, loadManifest, runConformance, runJob } from "@clew/plugin-sdk/host";
import { loadBackend } from "@clew/plugin-tabular";
import { expect, onTestFinished, test } from "vitest";
import { NET_SIGNATURE, SKLEARN_SIGNATURE } from "../../models/test/signatures.ts";
import { readMetadata } from "./onnx-metadata.ts";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const ID = `ModelVersion:${"9".repeat(32)}`;
const DIGEST = `sha256:${"a".repeat(64)}`;
const LINEAGE = { modelVersion: ID, key: "tests/arrival@3", digest: DIGEST, run: "Run:export" };

const NET = {
  dir: join(DIR, "conformance/model"),
  files: ["model.json", "pipeline.json", "weights.bin"],
  signature: NET_SIGNATURE,
};
const SKLEARN = {
  dir: join(DIR, "../serve-models/test/onnx/sklearn"),
  files: ["model.onnx"],
  signature: SKLEARN_SIGNATURE,
};
type Given = typeof NET;

async function exported({ dir, files, signature }: Given) {
  const work = await mkdtemp(join(tmpdir(), "export-model-"));
  onTestFinished(async () => await rm(work, { recursive: true }));
  await cp(dir, join(work, "in/model"), { recursive: true });
  const described = files.map(async (path) => ({ path, ...(await hashFile(join(dir, path))) }));
  const version = { id: ID, key: LINEAGE.key, digest: DIGEST, type: "ModelVersion" as const, dir: "model", schema: [] };
  const outcome = await runJob({
    pluginDir: DIR,
    manifest: await loadManifest(DIR),
    inputDir: join(work, "in"),
    outputDir: join(work, "out"),
    parameters: {},
    inputs: { model: [{ ...version, files: await Promise.all(described), signature }] },
    seed: 1,
    runId: LINEAGE.run,
    attempt: 1,
  });
  return { outcome, out: join(work, "out/export"), output: outcome.outputs[0]?.output };
}

/** What the model answers where it is served. */
async function answersTo({ dir, files, signature }: Given, rows: number, tensors: ReadonlyMap<string, Value[]>) {
  const { tf } = await loadBackend("wasm");
  const described = files.map((path) => ({ path, sizeBytes: 1, digest: DIGEST }));
  const version = { id: ID, key: LINEAGE.key, digest: DIGEST, type: "ModelVersion" as const, dir: "", schema: [] };
  const input = { ...version, files: described, signature, path: (file: string) => join(dir, file) };
  const model = await loadModel(tf, { model: input, format: await formatOf(input) });
  const { tensors: answered } = await model.predict({ rows, tensors });
  model.dispose();
  return answered;
}

test("passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 60_000);

interface Bundle {
  readonly lineage: object;
  readonly inputs: object;
  predict(rows: readonly object[]): number[];
}
type LoadBundle = (tf: unknown, read: (path: string) => Promise<ArrayBuffer>) => Promise<Bundle>;

test("a web page's folder answers what the model answers, and its lineage leads back", async () => {
  const { out, output } = await exported(NET);
  expect(output).toMatchObject({ format: "tfjs-web", signature: NET.signature });
  const { loadBundle } = (await import(pathToFileURL(join(out, "predict.js")).href)) as { loadBundle: LoadBundle };
  const read = async (path: string) => new Uint8Array(await readFile(join(out, path))).buffer;
  const { tf } = await loadBackend("wasm");
  const bundle = await loadBundle(tf, read);
  expect(bundle.lineage).toEqual(LINEAGE);
  expect(bundle.inputs).toEqual(NET.signature.inputs);
  const columns: Record<string, Value[]> = {
    port: ["A", "B", "C", "never seen", null],
    hour: [7, 17, 0, 23, null],
    load: [50.5, null, 70, 1e6, -1e6],
    holiday: [false, true, null, true, false],
    gates: [4, 8, 4, null, 100],
  };
  const rows = columns["port"]!.map((_, row) => {
    return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]]));
  });
  const wanted = (await answersTo(NET, rows.length, new Map(Object.entries(columns)))).get("probability")!;
  expect(new Set(wanted).size).toBe(5);
  for (const [row, answer] of bundle.predict(rows).entries()) expect(answer).toBeCloseTo(Number(wanted[row]), 6);
  expect(bundle.predict([])).toEqual([]);
});

test("a web page's folder needs nothing from elsewhere, and says nothing of the training's query", async () => {
  const { out } = await exported(NET);
  const page = await readFile(join(out, "index.html"), "utf8");
  expect(page).not.toMatch(/https?:/);
  expect((await readFile(join(out, "tf.min.js"), "utf8")).length).toBeGreaterThan(1_000_000);
  expect(await readFile(join(out, "features.json"), "utf8")).not.toMatch(/SELECT|baselines/);
});

test("a file in ONNX answers what the model answers, with its lineage in its metadata, and can be exported again", async () => {
  const { out, output } = await exported(SKLEARN);
  expect(output).toMatchObject({ format: "onnx", signature: SKLEARN.signature });
  const from = [{ input: "model", column: "features" }];
  expect(output).toMatchObject({ columnLineage: [{ column: "features", from, via: "IDENTITY" }] });
  expect(Object.fromEntries(readMetadata(await readFile(join(out, "model.onnx"))))).toMatchObject({
    "clew.model_version": ID,
    "clew.key": "tests/arrival@3",
    "clew.digest": DIGEST,
    "clew.run": "Run:export",
  });
  const row = new Map([["features", [5.1, 3.5, 1.4, 0.2]]]);
  const before = await answersTo(SKLEARN, 1, row);
  expect(await answersTo({ ...SKLEARN, dir: out }, 1, row)).toEqual(before);
  const again = await exported({ ...SKLEARN, dir: out });
  expect(await readFile(join(again.out, "model.onnx"))).toEqual(await readFile(join(out, "model.onnx")));
});

test("what does not answer, or has another form, is not exported", async () => {
  const broken = join(await mkdtemp(join(tmpdir(), "export-model-")), "model");
  onTestFinished(async () => await rm(join(broken, ".."), { recursive: true }));
  await cp(SKLEARN.dir, broken, { recursive: true });
  await writeFile(join(broken, "model.onnx"), "no model at all");
  const cases: [Given, string][] = [
    [{ ...SKLEARN, dir: broken }, "model.onnx cannot be read"],
    [{ ...NET, signature: { ...NET.signature, inputs: NET.signature.inputs.slice(1) } }, "no input port"],
    [
      { ...NET, dir: join(DIR, "../serve-models/test/xgboost"), files: ["pipeline.json", "xgboost.json"] },
      "is of the format xgboost-json; what can be exported is tfjs-layers, onnx",
    ],
  ];
  for (const [given, message] of cases) {
    const { outcome } = await exported(given);
    expect(outcome).toMatchObject({
      failure: { type: "BAD_INPUT", message: expect.stringContaining(message) as unknown },
    });
  }
});
