import type { Verdict } from "@clew/plugin-sdk";
import { adjustedPValues, type Correction } from "./corrections.ts";
import { studentCdf, upperQuantile } from "./normal.ts";
import { distanceAbove, type Quantity } from "./quantities.ts";

/** One thing that a rule asks: that a quantity is at least, or at most, the bound. */
export interface Test {
  quantity: Quantity;
  /** Rows that the quantity rests on. */
  rows: number;
  /** Rows that decide how sure it is. */
  support: number;
  /** How well the standard errors are known, as degrees of freedom. */
  freedom: number;
  where: Record<string, string>;
  /** What it is about, as a person says it; empty for all rows. */
  label: string;
}

export interface Rule {
  asks: "at least" | "at most";
  bound: number;
  alpha: number;
  minRows: number;
  correction: Correction;
  whenUnsure: "NOT_ENOUGH_DATA" | "PASS";
}

export interface Judged {
  test: Test;
  low: number;
  high: number;
  /** The chance of a value this far on the wrong side of the bound, or farther, if the truth lay on it; NaN where nothing can be said. */
  pValue: number;
  adjustedPValue: number;
  outcome: Verdict;
}

/**
 * FAIL where the rule is shown to be broken: the p-value, adjusted over the tests, is at most alpha. PASS where it is shown to be kept: that is tested
 * without adjustment, since all tests must pass together. Else what the rule says of unsure cases, and NOT_ENOUGH_DATA below `minRows`.
 */
export function judge(tests: readonly Test[], rule: Rule): Judged[] {
  const pValues = tests.map((test) => brokenPValue(test, rule));
  const defined = pValues.filter((p) => !Number.isNaN(p));
  const adjusted = adjustedPValues(defined, rule.correction).values();
  return tests.map((test, index) => {
    const pValue = pValues[index]!;
    const adjustedPValue = Number.isNaN(pValue) ? pValue : adjusted.next().value!;
    const [low, high] = test.quantity.limits(upperQuantile(rule.alpha, test.freedom));
    return { test, low, high, pValue, adjustedPValue, outcome: outcomeOf(pValue, adjustedPValue, rule) };
  });
}

function brokenPValue({ quantity, support, freedom }: Test, { asks, bound, minRows }: Rule): number {
  if (support < minRows) return Number.NaN;
  const above = distanceAbove(quantity, bound);
  return studentCdf(asks === "at least" ? above : -above, freedom);
}

function outcomeOf(pValue: number, adjustedPValue: number, { alpha, whenUnsure }: Rule): Verdict {
  if (Number.isNaN(pValue)) return "NOT_ENOUGH_DATA";
  if (adjustedPValue <= alpha) return "FAIL";
  return 1 - pValue <= alpha ? "PASS" : whenUnsure;
}

/** All of a rule's tests together: what is too small to be tested does not keep it from passing where unsure cases pass. */
export function together(outcomes: readonly Verdict[], whenUnsure: Rule["whenUnsure"]): Verdict {
  if (outcomes.includes("FAIL")) return "FAIL";
  const isPass = whenUnsure === "PASS" ? outcomes.includes("PASS") : outcomes.every((outcome) => outcome === "PASS");
  return isPass && outcomes.length > 0 ? "PASS" : "NOT_ENOUGH_DATA";
}

export interface Extreme {
  value: number;
  low: number;
  high: number;
  pValue: number;
  adjustedPValue: number;
}

/**
 * The worst of several tests as a quantity of its own. The end of its interval that shows the rule to be broken is taken so far out that it holds for all
 * tests at once (Bonferroni), the other end is the worst of the tests' own. Null where none could be tested.
 */
export function worstOf(judged: readonly Judged[], { asks, alpha }: Rule): (Extreme & { worst: Judged }) | null {
  const tested = judged.filter(({ pValue }) => !Number.isNaN(pValue));
  const sign = asks === "at least" ? 1 : -1;
  const badness = ({ test }: Judged) => (Number.isNaN(test.quantity.value) ? Infinity : sign * test.quantity.value);
  const worst = tested.toSorted((a, b) => badness(a) - badness(b))[0];
  if (worst === undefined) return null;
  const shown = tested.map(({ test: { quantity, freedom } }) => {
    return quantity.limits(upperQuantile(alpha / tested.length, freedom))[asks === "at least" ? 1 : 0];
  });
  const own = tested.map(({ low, high }) => (asks === "at least" ? low : high));
  const ends = asks === "at least" ? [Math.min(...own), Math.min(...shown)] : [Math.max(...shown), Math.max(...own)];
  return {
    worst,
    value: worst.test.quantity.value,
    low: ends[0]!,
    high: ends[1]!,
    pValue: Math.min(...tested.map(({ pValue }) => pValue)),
    adjustedPValue: Math.min(...tested.map(({ adjustedPValue }) => adjustedPValue)),
  };
}
