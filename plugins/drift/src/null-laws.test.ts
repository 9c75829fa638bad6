import { describe, expect, test } from "vitest";
import { Draw } from "../test/draw.ts";
import { COUNTED, compareCounts } from "./compare-counts.ts";
import { compareNumeric } from "./compare-numeric.ts";
import { cellDraws, hitRange, hypergeometricProbability } from "./hypergeometric.ts";
import { chiSquared } from "./measures.ts";
import { permutationPValue } from "./null-laws.ts";
import { DriftOptions } from "./options.ts";
import { oneSampleTail } from "./kolmogorov.ts";

const { floors } = DriftOptions.parse({});

test.each([
  { total: 30, cell: 10, drawn: 12 },
  { total: 5_050, cell: 2_000, drawn: 50 },
  { total: 100, cell: 97, drawn: 60 },
  { total: 100, cell: 40, drawn: 3 },
])("draws follow the hypergeometric law: $drawn of $total", (urn) => {
  const draws = 20_000;
  const { uniform } = new Draw(7);
  const [least, most] = hitRange(urn);
  const seen = new Float64Array(most - least + 1);
  const hits = new Float64Array(2);
  const draw = cellDraws(Float64Array.of(urn.cell, urn.total - urn.cell), urn.drawn, uniform, hits);
  for (let n = 0; n < draws; n++) {
    draw();
    if (hits[0]! + hits[1]! !== urn.drawn) throw new Error("not so many were drawn");
    seen[hits[0]! - least]!++;
  }
  for (const [at, count] of seen.entries()) {
    const share = hypergeometricProbability(urn, least + at);
    expect(Math.abs(count - draws * share)).toBeLessThan(5 * Math.sqrt(draws * share * (1 - share)) + 1);
  }
});

describe("permutations", () => {
  test.each(["CHI_SQUARED", "PSI", "JENSEN_SHANNON"] as const)(
    "agree with the law of %s in large samples",
    (method) => {
      const cells = { reference: Float64Array.of(1500, 900, 600), current: Float64Array.of(1550, 830, 620) };
      const simulation = { random: new Draw(3).uniform, draws: 100_000 };
      const found = compareCounts(method, cells, "three cells", { floors, simulation });
      expect(found.definition).toContain("law");
      const permuted = permutationPValue(cells, COUNTED[method].statistic, simulation);
      expect(Math.abs(Math.log2(found.pValue / permuted.pValue))).toBeLessThan(0.7);
    },
  );

  test("never say less than one in their number and one", () => {
    const cells = { reference: Float64Array.of(90, 0, 5), current: Float64Array.of(0, 90, 5) };
    expect(permutationPValue(cells, chiSquared, { random: new Draw(3).uniform, draws: 99 }).pValue).toBe(0.01);
  });
});

test("the Brownian bridge over cells gives the law of Kolmogorov's statistic on them", () => {
  const draw = new Draw(11);
  const coarse = () => Math.round(draw.normal() * 20);
  const [reference, current] = [draw.numbers(60_000, coarse), draw.numbers(50_000, () => coarse() + 0)];
  const clipped = [reference, current].map(({ sorted }) =>
    draw.numbers(
      sorted.length,
      (
        (at) => () =>
          Math.max(-30, Math.min(30, sorted[at++]!))
      )(0),
    ),
  );
  const terms = { floors, simulation: { random: draw.uniform, draws: 4_000 } };
  const { value, pValue, definition } = compareNumeric("KS", clipped[0]!, clipped[1]!, terms);
  expect(definition).toContain("Brownian");
  // The law for continuous numbers is an upper bound, and with 61 distinct ones a close one.
  const bound = oneSampleTail(Math.round((60_000 * 50_000) / 110_000), value);
  expect(pValue).toBeLessThan(bound * 1.3);
  expect(pValue).toBeGreaterThan(bound * 0.5);
});
