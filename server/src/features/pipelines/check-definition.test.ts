import { PipelineDefinition, PluginManifest } from "@clew/schema";
import { describe, expect, it } from "vitest";
import { definitionErrors } from "./check-definition.ts";

const version = (type: string) => ({ type, description: "" });
const TRAINS = manifest({
  name: "trains",
  inputs: { rows: version("DatasetVersion"), base: { ...version("ModelVersion"), required: false } },
  outputs: { model: version("ModelVersion") },
  parameters: {
    type: "object",
    properties: { epochs: { type: "integer", maximum: 9 }, rate: { type: "number" } },
    required: ["rate"],
    additionalProperties: false,
  },
});
const TESTS = manifest({
  name: "tests",
  inputs: { model: version("ModelVersion") },
  outputs: { report: version("Report") },
  parameters: { type: "object" },
});
const SERVES = manifest({ name: "serves", kind: "service", inputs: {}, outputs: {}, parameters: { type: "object" } });
const PLUGINS = new Map([TRAINS, TESTS, SERVES].map((one) => [one.name, one]));

function manifest(change: object): PluginManifest {
  const base = { version: "1.0.0", description: "x", hostApi: 1, runType: "TRAINING" };
  return PluginManifest.parse({ ...base, runtime: { type: "node", entry: "x" }, ...change });
}

const train = {
  type: "run",
  plugin: "trains",
  parameters: { rate: { parameter: "rate" } },
  inputs: { rows: [{ input: "rows" }] },
  outputs: { model: "lab/model" },
};
const check = { type: "run", plugin: "tests", inputs: { model: [{ step: "train", output: "model" }] } };
const parameters = { type: "object", properties: { rate: { type: "number" } } };
const inputs = {
  rows: { type: "DatasetVersion", default: "other/rows@latest" },
  champion: { type: "ModelVersion" },
};
const model = { step: "train", output: "model" };
const requires = [{ step: "check", output: "report" }];
const served = { live: { type: "deploy", endpoint: "lab/live", serves: [{ model }] } };
const watch = { type: "watch", deployment: "live", about: model };

/** The faults of a definition with these steps beside train and check, each as `CODE path`. */
function faults(steps: object, change: object = {}): string[] {
  const definition = PipelineDefinition.parse({ parameters, inputs, steps: { train, check, ...steps }, ...change });
  const named = Object.entries(definition.steps).flatMap(([name, step]) =>
    step.type === "run" ? [[name, PLUGINS.get(step.plugin) ?? null] as const] : [],
  );
  const errors = definitionErrors(definition, { namespace: "lab", manifests: new Map(named) });
  return errors.map(({ code, path }) => `${code} ${path.slice(1).join(".")}`);
}

describe("a pipeline's definition", () => {
  it("is taken with steps of every type", () => {
    const decide = { type: "decide", about: model, requires };
    const ask = { type: "ask", about: model, after: ["decide"] };
    const deploy = { type: "deploy", endpoint: "lab/live", serves: [{ model }], after: ["ask"] };
    const watch = { type: "watch", deployment: "deploy", about: model, rule: "better" };
    const judge = { type: "decide", about: model, requires: [{ step: "watch", output: "report" }] };
    const withdraw = { type: "withdraw", deployment: "deploy" };
    expect(faults({ decide, ask, deploy, watch, judge, withdraw })).toEqual([]);
  });

  it.each([
    [
      "a step that needs itself through others",
      { train: { ...train, after: ["check"] } },
      "PIPELINE_CYCLE steps.train",
    ],
    ["a step that is not there", { x: { ...check, after: ["nowhere"] } }, "UNKNOWN_STEP steps.x.after.0"],
    [
      "a step that has the name of what every object has",
      { x: { ...check, after: ["constructor"] } },
      "UNKNOWN_STEP steps.x.after.0",
    ],
    [
      "an input that the pipeline has not",
      { train: { ...train, inputs: { rows: [{ input: "nothing" }] } } },
      "INVALID_INPUT steps.train.inputs.rows.0",
    ],
    [
      "an input that the plugin has not",
      { check: { ...check, inputs: { ...check.inputs, more: [{ input: "rows" }] } } },
      "INVALID_INPUT steps.check.inputs.more.0",
    ],
    [
      "an input of another type",
      { check: { ...check, inputs: { model: [{ input: "rows" }] } } },
      "WRONG_TYPE steps.check.inputs.model.0",
    ],
    ["an input that is missing", { check: { ...check, inputs: {} } }, "INVALID_INPUT steps.check.inputs"],
    [
      "more versions than the input takes",
      { train: { ...train, inputs: { rows: [{ input: "rows" }, { input: "rows" }] } } },
      "INVALID_INPUT steps.train.inputs.rows",
    ],
    [
      "an output that the step before has not",
      { check: { ...check, inputs: { model: [{ step: "train", output: "weights" }] } } },
      "INVALID_INPUT steps.check.inputs.model.0",
    ],
    [
      "an output that goes nowhere",
      { train: { ...train, outputs: {} } },
      "INVALID_INPUT steps.train.outputs, INVALID_INPUT steps.check.inputs.model.0",
    ],
    [
      "an output elsewhere",
      { train: { ...train, outputs: { model: "other/model" } } },
      "INVALID_INPUT steps.train.outputs.model",
    ],
    [
      "a report that shall be an asset",
      { check: { ...check, outputs: { report: "lab/report" } } },
      "INVALID_INPUT steps.check.outputs.report",
    ],
    ["two steps that make one asset", { again: train }, "INVALID_INPUT steps.again.outputs.model"],
    ["a plugin that nobody has offered", { x: { type: "run", plugin: "no-such" } }, "PLUGIN_UNKNOWN steps.x.plugin"],
    ["a service", { x: { type: "run", plugin: "serves" } }, "INVALID_INPUT steps.x.plugin"],
    [
      "a parameter that breaks the plugin's schema",
      { train: { ...train, parameters: { ...train.parameters, epochs: 10 } } },
      "PARAMETERS_INVALID steps.train.parameters.epochs",
    ],
    [
      "a parameter that is missing",
      { train: { ...train, parameters: {} } },
      "PARAMETERS_INVALID steps.train.parameters.rate",
    ],
    [
      "a reference to a parameter that is not there",
      { train: { ...train, parameters: { rate: { parameter: "speed" } } } },
      "INVALID_INPUT steps.train.parameters.rate",
    ],
    [
      "a seed that refers to none",
      { train: { ...train, seed: { parameter: "seed" } } },
      "INVALID_INPUT steps.train.seed",
    ],
    ["a verdict of what is no report", { x: { ...check, requires: [model] } }, "WRONG_TYPE steps.x.requires.0"],
    ["a decision on a report", { x: { type: "ask", about: requires[0] } }, "WRONG_TYPE steps.x.about"],
    [
      "what a step makes that makes nothing",
      { ask: { type: "ask", about: model }, x: { ...check, requires: [{ step: "ask", output: "report" }] } },
      "INVALID_INPUT steps.x.requires.0",
    ],
    [
      "what no step has deployed",
      { x: { type: "watch", deployment: "train", about: model } },
      "INVALID_INPUT steps.x.deployment",
    ],
    [
      "a watch over a step that is not there",
      { x: { type: "watch", deployment: "constructor", about: model } },
      "UNKNOWN_STEP steps.x.deployment",
    ],
    [
      "a watch over what is not served",
      { ...served, x: { type: "watch", deployment: "live", about: { input: "champion" } } },
      "INVALID_INPUT steps.x.about",
    ],
    [
      "a watch that waits for itself",
      {
        live: { ...served.live, after: ["watch"] },
        watch: { type: "watch", deployment: "live", about: model },
      },
      "PIPELINE_CYCLE steps.live",
    ],
    [
      "another output of a step that watches",
      { ...served, watch, x: { ...check, requires: [{ step: "watch", output: "model" }] } },
      "INVALID_INPUT steps.x.requires.0",
    ],
    [
      "a report where a model is taken",
      { ...served, watch, x: { type: "ask", about: { step: "watch", output: "report" } } },
      "WRONG_TYPE steps.x.about",
    ],
    [
      "a withdrawal of what no step has deployed",
      { x: { type: "withdraw", deployment: "train" } },
      "INVALID_INPUT steps.x.deployment",
    ],
    [
      "a step after a withdrawal",
      { ...served, withdraw: { type: "withdraw", deployment: "live" }, x: { ...check, after: ["withdraw"] } },
      "INVALID_INPUT steps.x.after.0",
    ],
    [
      "an endpoint elsewhere",
      { x: { type: "deploy", endpoint: "other/live", serves: [{ model }] } },
      "INVALID_INPUT steps.x.endpoint",
    ],
    [
      "less traffic than there is",
      { x: { type: "deploy", endpoint: "lab/live", serves: [{ model, weight: 60 }] } },
      "INVALID_INPUT steps.x.serves",
    ],
  ])("is refused with %s", (_, steps, fault) => {
    expect(faults(steps).join(", ")).toBe(fault);
  });

  it.each([
    ["parameters that are no object's", { parameters: { ...parameters, type: "string" } }, "INVALID_INPUT parameters"],
    [
      "an input of many versions where one is taken",
      { inputs: { rows: { ...inputs.rows, many: true } } },
      "INVALID_INPUT steps.train.inputs.rows",
    ],
    [
      "parameters that are no schema",
      { parameters: { type: "object", properties: { rate: { type: "many" } } } },
      "INVALID_INPUT parameters",
    ],
    [
      "a default without a version",
      { inputs: { rows: { type: "DatasetVersion", default: "lab/rows" } } },
      "INVALID_INPUT inputs.rows.default",
    ],
    [
      "an input that every run has",
      { inputs: { ...inputs, code: { type: "DatasetVersion" } } },
      "INVALID_INPUT inputs.code",
    ],
  ])("is refused with %s", (_, change, fault) => {
    expect(faults({}, change).join(", ")).toBe(fault);
  });

  it("names a cycle from one of its steps around to itself", () => {
    const steps = { train: { ...train, after: ["check"] }, check };
    const definition = PipelineDefinition.parse({ parameters, inputs, steps });
    const manifests = new Map([
      ["train", TRAINS],
      ["check", TESTS],
    ]);
    const [error] = definitionErrors(definition, { namespace: "lab", manifests });
    expect(error?.message).toBe("these steps wait for each other: train → check → train");
  });
});
