import { readFileSync } from "node:fs";

interface Between {
  difference: number;
  ratio: number;
  /** Of plain metrics. */
  groups?: Record<string, number>;
}

/** What make_fairlearn_golden.py wrote. */
export interface Golden {
  threshold: number;
  groups: string[];
  scores: number[];
  labels: number[];
  truths: number[];
  answers: number[];
  fairness: Record<string, Between>;
  normal_cdf: [z: number, share: number][];
  normal_upper: [share: number, z: number][];
  student_cdf: [t: number, freedom: number, share: number][];
  wilson: [successes: number, rows: number, low: number, high: number][];
  newcombe: [successes: number, rows: number, successes2: number, rows2: number, low: number, high: number][];
  p_values: number[];
  HOLM: number[];
  BENJAMINI_HOCHBERG: number[];
}

export function readGolden(): Golden {
  return JSON.parse(readFileSync(new URL("fairlearn-golden.json", import.meta.url), "utf8")) as Golden;
}
