import { expect, test } from "vitest";
import { z } from "zod";
import { PluginManifest } from "@clew/schema";
import { definePlugin } from "./define-plugin.ts";

const sample = (options: { prestart?: boolean; secrets?: string[] } = {}) =>
  definePlugin({
    ...options,
    name: "sample",
    version: "1.2.3",
    description: "For tests.",
    runType: "TRAINING",
    inputs: { train: { type: "DatasetVersion", description: "Rows." } },
    outputs: { model: { type: "ModelVersion", description: "A model." } },
    parameters: z.object({ epochs: z.int().min(1).default(3), label: z.string().describe("The target.") }),
    run: async () => {},
  });

test("the manifest is valid and holds the parameters as JSON Schema, defaults not required", () => {
  const manifest = sample().manifest();
  expect(PluginManifest.parse(manifest)).toEqual(manifest);
  expect(manifest).toMatchObject({ hostApi: 1, kind: "task", runtime: { type: "node", entry: "src/main.ts" } });
  expect(manifest.parameters).toMatchObject({
    type: "object",
    required: ["label"],
    additionalProperties: false,
    properties: { epochs: { type: "integer", minimum: 1, default: 3 }, label: { description: "The target." } },
  });
});

test("the manifest says whether the process may be there before its job, where that was said", () => {
  expect(sample({ prestart: true }).manifest().runtime).toEqual({ type: "node", entry: "src/main.ts", prestart: true });
  expect(sample({ prestart: false }).manifest().runtime).toEqual({ type: "node", entry: "src/main.ts" });
});

test("the manifest names the secrets that were named, each a variable that is no part of the job protocol", () => {
  expect(sample({ secrets: ["DB_PASSWORD"] }).manifest().secrets).toEqual(["DB_PASSWORD"]);
  expect(sample().manifest()).not.toHaveProperty("secrets");
  for (const name of ["CLEW_SEED", "1ST", "A-B", ""]) expect(() => sample({ secrets: [name] })).toThrow("variable");
});

test("a changed manifest does not change the plugin", () => {
  const plugin = sample();
  plugin.manifest().name = "other";
  expect(plugin.manifest().name).toBe("sample");
});

test("parameters get their defaults", async () => {
  expect(await sample().parseParameters({ label: "y" })).toEqual({ epochs: 3, label: "y" });
});

test("bad parameters are named, misspelt ones too", async () => {
  await expect(sample().parseParameters({ epochs: 0, label: "y", lable: "y" })).rejects.toMatchObject({
    type: "BAD_PARAMETERS",
    message: expect.stringMatching(/epochs: .*lable/s),
  });
});

test("a name or version that no manifest may have is refused at once", () => {
  const options = { description: "x", runType: "TRAINING" as const, inputs: {}, outputs: {}, parameters: z.object({}) };
  const run = async () => {};
  expect(() => definePlugin({ ...options, name: "Not Kebab", version: "1.0.0", run })).toThrow("kebab-case");
  expect(() => definePlugin({ ...options, name: "x", version: "1", run })).toThrow("semantic version");
});

test("the manifest of a service says that it watches, where that was said; that of a task may not", () => {
  const options = { name: "x", version: "1.0.0", description: "x", runType: "MONITORING" as const };
  const watching = (kind: "task" | "service", watches: boolean) =>
    definePlugin({ ...options, kind, watches, inputs: {}, outputs: {}, parameters: z.object({}), run: async () => {} });
  expect(watching("service", true).manifest().watches).toBe(true);
  expect(watching("service", false).manifest()).not.toHaveProperty("watches");
  expect(() => watching("task", true)).toThrow("is for services");
});
