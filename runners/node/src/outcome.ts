import { type Failure, type MetricValue, type ServiceReport, failure } from "@clew/schema";
import type { FinishRunMutationVariables } from "@clew/schema/graphql";
import type { CollectedOutput, JobOutcome } from "@clew/plugin-sdk/host";

export type FinishRunInput = FinishRunMutationVariables["input"];
type FinishedOutput = NonNullable<FinishRunInput["outputs"]>[number];
type Metric = { name: string; value: number | string };

/** What finishRun says of an attempt: its outputs, or its failure. `measurements` counts the metric points that were sent. */
export function finishInput(run: string, attempt: number, outcome: JobOutcome, measurements: number): FinishRunInput {
  if (outcome.outcome === "failure") return failedInput(run, attempt, outcome.failure, measurements);
  return { run, attempt, outputs: outcome.outputs.map(finishedOutput), failure: null, measurements };
}

export function failedInput(run: string, attempt: number, cause: Failure, measurements: number): FinishRunInput {
  return { run, attempt, outputs: [], failure: cause, measurements };
}

/** Why finishRun will not take what the plugin made: no later attempt of this version would do better. */
export function refusedOutcome(reason: string): Failure {
  return failure("PROTOCOL_VIOLATION", `the server did not take the outputs: ${reason}`);
}

function finishedOutput({ role, output, files }: CollectedOutput): FinishedOutput {
  switch (output.nodeType) {
    case "ModelVersion": {
      const { format, signature, columnLineage, metrics } = output;
      return { role, modelVersion: { files, format, signature, columnLineage, metrics: metricList(metrics) } };
    }
    case "DatasetVersion": {
      const { schema, rows, statistics, columnLineage } = output;
      return { role, datasetVersion: { files, schema, rows, statistics, columnLineage } };
    }
    default:
      return { role, report: { ...reportOf(output), files } };
  }
}

/** A report as GraphQL takes it, without its files. */
export function reportOf({ reportType, about, verdict, metrics, slices, anomalies, drift, rules }: ServiceReport) {
  const stated = { reportType, about, verdict, metrics: metricList(metrics), slices: slices.map(sliceOf), anomalies };
  return { ...stated, drift: drift.map(driftOf), rules: rules.map(ruleOf) };
}

function driftOf(measure: ServiceReport["drift"][number]) {
  const { value, pValue, adjustedPValue, floor } = measure;
  const numbers = {
    pValue: mayBeNumber(pValue),
    adjustedPValue: mayBeNumber(adjustedPValue),
    floor: mayBeNumber(floor),
  };
  return { ...measure, value: graphqlNumber(value), ...numbers };
}

function ruleOf(rule: ServiceReport["rules"][number]) {
  const { value, low, high, bound, pValue, adjustedPValue } = rule;
  const interval = { value: mayBeNumber(value), low: mayBeNumber(low), high: mayBeNumber(high) };
  const p = { pValue: mayBeNumber(pValue), adjustedPValue: mayBeNumber(adjustedPValue) };
  return { ...rule, bound: graphqlNumber(bound), ...interval, ...p };
}

function sliceOf({ slice, count, metrics, intervals }: ServiceReport["slices"][number]) {
  return {
    where: Object.entries(slice).map(([column, value]) => ({ column, value })),
    count,
    metrics: metricList(metrics),
    intervals: Object.entries(intervals).map(([name, [low, high]]) => ({
      name,
      low: graphqlNumber(low),
      high: graphqlNumber(high),
    })),
  };
}

function metricList(metrics: Record<string, MetricValue>): Metric[] {
  return Object.entries(metrics).map(([name, value]) => ({ name, value: graphqlNumber(value) }));
}

/** The scalar MetricValue: a number, or "NaN", "Infinity" or "-Infinity". */
function graphqlNumber(value: MetricValue): number | string {
  return typeof value === "number" ? value : value.$number;
}

function mayBeNumber(value: MetricValue | null): number | string | null {
  return value === null ? null : graphqlNumber(value);
}
