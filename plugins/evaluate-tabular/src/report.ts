import type { Evaluated, GateAnswer } from "@clew/plugin-tabular/evaluation";
import type { CurvePoint } from "./curves.ts";

/** What `report.json` holds. */
export interface EvaluationFile extends Evaluated {
  /** Names of several classes, in the order of all that is said of them. */
  classes?: readonly string[];
  /** Of a classifier of one class. */
  curve?: CurvePoint[];
  slicesLeftOut: Record<string, number>;
  /** Where there are any. */
  gates?: GateAnswer[];
}

/** `report.json`: everything, with undefined numbers as null. */
export function reportFile(evaluated: EvaluationFile): string {
  return `${JSON.stringify({ format: "clew-evaluation/1", ...evaluated }, null, 1)}\n`;
}
