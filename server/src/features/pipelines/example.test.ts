import { readFileSync } from "node:fs";
import { PipelineDefinition, PluginManifest } from "@clew/schema";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { definitionErrors } from "./check-definition.ts";

const ROOT = new URL("../../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");

test("the example's definition fits the plugins of this repository", () => {
  const definition = PipelineDefinition.parse(parse(read("examples/flights/retrain.yaml")));
  const manifests = new Map(
    Object.entries(definition.steps).flatMap(([name, step]) =>
      step.type === "run"
        ? [[name, PluginManifest.parse(JSON.parse(read(`plugins/${step.plugin}/plugin.json`)))] as const]
        : [],
    ),
  );
  expect(definitionErrors(definition, { namespace: "flights", manifests })).toEqual([]);
});
