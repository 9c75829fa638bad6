import { PluginFailure } from "@clew/plugin-sdk";
import { ClassRows } from "../../class-rows.ts";
import { ScoredRows } from "../../scored-rows.ts";
import { comparedOf, type MeasuredRows, measureAll, type MetricName } from "../metric-traits.ts";
import { type Cut, cutsIn } from "../slice-rows.ts";
import { CHAMPION, FAIRNESS_RATES, type Gate, OVERALL, ratesOf } from "./gate-parameters.ts";
import { gateName } from "./gate-words.ts";

/** @throws {PluginFailure} BAD_PARAMETERS where two gates have one name, or a gate is over slices that there are not. */
export function checkGates(gates: readonly Gate[], cut: Cut): void {
  const slices = cutsIn(cut).map(({ name }) => name);
  const names = new Set<string>();
  for (const gate of gates) {
    const name = gateName(gate);
    if (names.has(name)) throw refused(gate, "another gate has that name");
    names.add(name);
    const unknown = slicesOf(gate).find((slice) => !slices.includes(slice));
    if (unknown !== undefined) throw refused(gate, `there is no slice or cross ${unknown}`);
    if (gate.kind === "no-slice-worse" && slices.length === 0) throw refused(gate, "there are no slices");
  }
}

/** @throws {PluginFailure} BAD_PARAMETERS where a gate asks what such a model is not measured by, or for a baseline that there is not. */
export function checkGatesOfModel(
  gates: readonly Gate[],
  model: MeasuredRows,
  baselines: readonly { readonly name: string }[],
): void {
  const measured = Object.keys(measureAll(model));
  for (const gate of gates) {
    if (model instanceof ClassRows && gate.kind === "fairness" && gate.metric in FAIRNESS_RATES)
      throw refused(gate, `Fairlearn defines ${gate.metric} of yes-or-no answers, not of several classes`);
    const metrics = gate.kind === "fairness" ? ratesOf(gate.metric) : [gate.metric];
    const unknown = metrics.find((metric) => !measured.includes(metric));
    if (unknown !== undefined) throw refused(gate, `the model is not measured by ${unknown}`);
    const baseline = baselineOf(gate);
    if (baseline === null) continue;
    if (!baselines.some(({ name }) => name === baseline)) throw refused(gate, missingWords(baseline, baselines));
    if (needsThreshold(model, baseline, metrics[0]!)) throw refused(gate, `${baseline} has no threshold of its own`);
  }
}

function slicesOf(gate: Gate): readonly string[] {
  if (gate.kind === "fairness") return [gate.groups];
  return gate.kind === "better-than-baseline" ? [] : gate.slices;
}

function baselineOf(gate: Gate): string | null {
  if (gate.kind === "better-than-baseline") return gate.baseline;
  return gate.kind === "no-slice-worse" && gate.against !== OVERALL ? gate.against : null;
}

function missingWords(baseline: string, baselines: readonly { readonly name: string }[]): string {
  if (baseline === CHAMPION) return "the input baseline has no version";
  return `there is no baseline ${baseline}, but ${baselines.map(({ name }) => name).join(", ") || "none"}`;
}

/** The model's own baselines came without one, and at the model's they would be measured unfairly. */
function needsThreshold(model: MeasuredRows, baseline: string, metric: MetricName): boolean {
  return model instanceof ScoredRows && baseline !== CHAMPION && !comparedOf(model).includes(metric);
}

function refused(gate: Gate, why: string): PluginFailure {
  return new PluginFailure("BAD_PARAMETERS", `gate "${gateName(gate)}": ${why}`);
}
