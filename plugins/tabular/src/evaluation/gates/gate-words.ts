import { CHAMPION, type FairnessGate, type Gate, OVERALL } from "./gate-parameters.ts";

/** What a gate asks for, as a person says it: "roc_auc is at least 0.7". */
export function gateWords(gate: Gate): string {
  switch (gate.kind) {
    case "threshold": {
      const bound = gate.min === undefined ? `at most ${gate.max}` : `at least ${gate.min}`;
      const where = gate.slices.length === 0 ? "" : ` in each ${gate.slices.join(", ")}`;
      return `${gate.metric} is ${bound}${where}`;
    }
    case "better-than-baseline":
      return `${gate.metric} is better than ${ownerWords(gate.baseline)} by at least ${gate.margin}`;
    case "no-slice-worse": {
      const slices = gate.slices.length === 0 ? "slice" : gate.slices.join(", ");
      const than = gate.against === OVERALL ? "all rows" : `${ownerWords(gate.against)} there`;
      return `no ${slices} is worse than ${than} by more than ${gate.tolerance} in ${gate.metric}`;
    }
    default: {
      const bound = gate.compare === "difference" ? `at most ${gate.max}` : `at least ${gate.min}`;
      return `${fairnessName(gate)} between ${gate.groups} is ${bound}`;
    }
  }
}

/** What the report calls a gate. */
export function gateName(gate: Gate): string {
  return gate.name ?? gateWords(gate).slice(0, 200);
}

/** Fairlearn's name: demographic_parity_difference, equalized_odds_ratio. */
export function fairnessName({ metric, compare }: Pick<FairnessGate, "metric" | "compare">): string {
  return `${metric}_${compare}`;
}

function ownerWords(baseline: string): string {
  return baseline === CHAMPION ? "the baseline's" : `${baseline}'s`;
}

/** A number as short as it can be said for reading: four digits. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

/** "origin = JFK, carrier = UA". */
export function whereWords(where: Record<string, string>): string {
  return Object.entries(where)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}
