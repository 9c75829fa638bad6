import { contentId, type PluginManifest } from "@clew/schema";
import { expect, test } from "vitest";
import { SubmitRun } from "../runs/index.ts";
import { runKey } from "./step-cache.ts";

const MANIFEST = { name: "train", version: "1.0.0" } as PluginManifest;
const [ROWS, OTHERS] = ["rows", "others"].map((name) => contentId("DatasetVersion", name));
const CODE = contentId("CodeVersion", "commit");
const INPUT = {
  namespace: "a",
  plugin: "train",
  parameters: { epochs: 3 },
  inputs: [
    { role: "train", node: ROWS! },
    { role: "test", node: OTHERS! },
  ],
  outputs: [
    { role: "model", key: "a/model" },
    { role: "data", key: "a/data" },
  ],
};

const keyOf = (change: object = {}, { manifest = MANIFEST, seed = null as number | null } = {}) =>
  runKey(manifest, SubmitRun.parse({ ...INPUT, ...change }), seed);

test.each([
  ["the parameters", { parameters: { epochs: 4 } }],
  ["an input", { inputs: [{ role: "train", node: OTHERS! }, INPUT.inputs[1]] }],
  ["the order of what has one role", { inputs: [OTHERS, ROWS].map((node) => ({ role: "train", node })) }],
  ["what an output becomes", { outputs: [{ role: "model", key: "a/other" }, INPUT.outputs[1]] }],
  ["the code", { code: CODE }],
])("a step is done anew where %s is another", (_, change) => {
  const before = "inputs" in change ? { inputs: [ROWS, OTHERS].map((node) => ({ role: "train", node })) } : {};
  expect(keyOf(change)).not.toBe(keyOf(before));
  expect(keyOf(change)).not.toBe(keyOf());
});

test("a step is done anew by another version of the plugin, and with another seed that is stated", () => {
  expect(keyOf({}, { manifest: { ...MANIFEST, version: "1.0.1" } })).not.toBe(keyOf());
  expect(keyOf({}, { seed: 1 })).not.toBe(keyOf());
  expect(keyOf({}, { seed: 1 })).not.toBe(keyOf({}, { seed: 2 }));
});

test("a step is the same in whatever order its roles are named, whatever it is called, and however often it is tried", () => {
  const reversed = { inputs: INPUT.inputs.toReversed(), outputs: INPUT.outputs.toReversed() };
  expect(keyOf({ ...reversed, name: "again", pool: "gpu", maxAttempts: 1, seed: 7 })).toBe(keyOf());
});
