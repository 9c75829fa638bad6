import { fromMetricValue, type Json, leavesOf } from "@clew/schema";
import type { RunNode } from "../await-run.ts";
import { endName } from "../show/show-run.ts";
import { duration, time } from "../terminal/format.ts";

/** What the one run has, and the other; null where it has none. */
type Sides<Value> = readonly [Value | null, Value | null];

export interface Compared<Value> {
  readonly name: string;
  readonly values: Sides<Value>;
}

export interface ComparedMetric extends Compared<number | string> {
  /** The output that states it. */
  readonly role: string;
  /** The second less the first; null where one is missing, or no number. */
  readonly difference: number | null;
}

export interface RunComparison {
  readonly runs: readonly [string, string];
  readonly about: readonly Compared<string>[];
  /** Versions by role, without hyperparameters and environment. */
  readonly inputs: readonly Compared<string>[];
  /** Those that differ, by the names that lead to them. */
  readonly parameters: readonly Compared<Json>[];
  readonly sameParameters: number;
  readonly environment: readonly Compared<Json>[];
  /** Of the reports and model versions that the runs made. */
  readonly metrics: readonly ComparedMetric[];
}

type Ends = RunNode["inputs"];

/** Two runs side by side. */
export function compareRuns(one: RunNode, other: RunNode): RunComparison {
  const parameters = beside(leavesIn(one, "parameters"), leavesIn(other, "parameters"));
  return {
    runs: [one.id, other.id],
    about: beside(aboutRun(one), aboutRun(other)),
    inputs: beside(versionsByRole(one.inputs), versionsByRole(other.inputs)),
    parameters: parameters.filter(differs),
    sameParameters: parameters.filter((one) => !differs(one)).length,
    environment: beside(leavesIn(one, "values"), leavesIn(other, "values")).filter(differs),
    metrics: comparedMetrics(one, other),
  };
}

export function differs({ values: [one, other] }: Compared<unknown>): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

/** Names in the order of the first, and then those that only the second has. */
function beside<Value>(one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): Compared<Value>[] {
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names.map((name) => ({ name, values: [one.get(name) ?? null, other.get(name) ?? null] }));
}

function aboutRun(run: RunNode): ReadonlyMap<string, string> {
  const took =
    run.startedAt === null || run.endedAt === null
      ? null
      : duration(Date.parse(run.endedAt) - Date.parse(run.startedAt));
  const code = run.inputs.flatMap(({ node }) => ("commit" in node ? [endName(node)] : []));
  const facts: readonly (readonly [string, string | null])[] = [
    ["run", `${run.runType} ${run.name}`],
    ["namespace", run.namespace],
    ["state", run.state],
    ["plugin", run.plugin && `${run.plugin.name}@${run.plugin.version}`],
    ["code", code.join(", ") || null],
    ["seed", String(run.seed)],
    ["queued", time(run.queuedAt)],
    ["took", took],
  ];
  return new Map(facts.filter((fact): fact is readonly [string, string] => fact[1] !== null));
}

function versionsByRole(inputs: Ends): ReadonlyMap<string, string> {
  const versions = inputs.filter(({ node }) => !["parameters", "values", "commit"].some((field) => field in node));
  const roles = Map.groupBy(versions, ({ role }) => role ?? "");
  return new Map([...roles].map(([role, ends]) => [role, ends.map(({ node }) => endName(node)).join(", ")]));
}

/** What a run's inputs of hyperparameters, or its environment, hold. */
function leavesIn({ inputs }: RunNode, field: "parameters" | "values"): ReadonlyMap<string, Json> {
  const held = inputs.map(({ node }) => (node as Readonly<Record<string, Json | undefined>>)[field]);
  return new Map(held.flatMap((value) => (value === undefined ? [] : [...leavesOf(value)])));
}

type Measured = Parameters<typeof fromMetricValue>[0] | string;

function metricsOf({ outputs }: RunNode): ReadonlyMap<string, Measured> {
  const stated = outputs.flatMap(({ role, node }) =>
    "metrics" in node
      ? node.metrics.map(({ name, value }) => [JSON.stringify([role ?? "", name]), value] as const)
      : [],
  );
  return new Map(stated);
}

function comparedMetrics(one: RunNode, other: RunNode): ComparedMetric[] {
  return beside(metricsOf(one), metricsOf(other)).map(({ name: place, values }) => {
    const [role, name] = JSON.parse(place) as [string, string];
    const [before, after] = values.map((value) => (value === null ? Number.NaN : Number(value))) as [number, number];
    const difference = Number.isFinite(after - before) ? after - before : null;
    return { role, name, values: values as Sides<number | string>, difference };
  });
}
