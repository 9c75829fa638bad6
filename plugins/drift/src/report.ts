import { type DriftMeasure, toMetricValue } from "@clew/plugin-sdk";
import type { WindowDecision } from "./decide.ts";

/** A decision as a report's drift part has it. @param where the slice that the window was cut down to; by default all rows. */
export function driftMeasures(decision: WindowDecision, where: DriftMeasure["where"] = []): DriftMeasure[] {
  const metric = (value: number | null) => (value === null ? null : toMetricValue(value));
  return decision.features.flatMap(({ feature, importance, measures }) =>
    measures.map((measure) => ({
      ...measure,
      feature,
      where,
      importance,
      value: toMetricValue(measure.value),
      pValue: metric(measure.pValue),
      adjustedPValue: metric(measure.adjustedPValue),
      floor: metric(measure.floor),
    })),
  );
}
