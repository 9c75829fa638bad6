import { PluginFailure } from "@clew/plugin-sdk";
import type { TrainingParameters } from "./parameters.ts";

/**
 * What zod cannot see: names given twice, a target among the features.
 * @throws {PluginFailure} BAD_PARAMETERS
 */
export function checkParameters(parameters: TrainingParameters): void {
  const { features, baselines, target, task } = parameters;
  const given = task === "regression" ? "mean" : "majority";
  if (baselines.some(({ name }) => name === given)) throw refusal(`baselines: ${given} is always there`);
  refuseTwice(
    "features",
    features.map((feature) => feature.name),
  );
  refuseTwice(
    "baselines",
    baselines.map((baseline) => baseline.name),
  );
  const lists = [features, ...baselines.map((baseline) => (baseline.features === "all" ? [] : baseline.features))];
  const leak = lists.flat().find((feature) => feature.column === target);
  if (leak !== undefined) throw refusal(`features: ${leak.name} is the target ${target}`);
}

function refuseTwice(field: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refusal(`${field}: two are named ${twice}`);
}

function refusal(message: string): PluginFailure {
  return new PluginFailure("BAD_PARAMETERS", message);
}
