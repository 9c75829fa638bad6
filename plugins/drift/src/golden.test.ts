import { describe, expect, test } from "vitest";
import { categoricalOf, expectedOf, golden, numericOf } from "../test/read-golden.ts";
import { categoryCells, cutCells, decileCuts, sturgesCuts } from "./cells.ts";
import { compareNumeric } from "./compare-numeric.ts";
import { asymptoticKsPValue, exactKsPValue, kolmogorovSmirnov } from "./kolmogorov.ts";
import { chiSquaredContingency, jensenShannonDistance, populationStability, wasserstein } from "./measures.ts";
import { DriftOptions } from "./options.ts";

/** The golden numbers have 10 digits: agreement to 9. */
function expectAgreement(actual: number, expected: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(1e-9);
}

const [numbers, categories] = golden.cases;

describe("numbers, case A", () => {
  const reference = numericOf(numbers.reference);
  const current = numericOf(numbers.current);
  const ks = kolmogorovSmirnov(reference, current);
  const both = wasserstein(reference, current);
  const deciles = cutCells(reference, current, decileCuts(reference));
  const sturges = cutCells(reference, current, sturgesCuts(reference, current));

  test.each([
    ["ks.statistic", ks.statistic],
    ["ks.pAuto", exactKsPValue(reference, current, ks)],
    ["ks.pAsymptotic", asymptoticKsPValue(500, 400, ks.statistic)],
    ["wasserstein1Normed", both.normed],
    ["psi.deciles", populationStability(deciles.reference, deciles.current)],
    ["psi.sturgesPooled", populationStability(sturges.reference, sturges.current)],
    ["jensenShannonDistance.ln.sturgesPooled", jensenShannonDistance(sturges.reference, sturges.current)],
  ])("%s", (name, actual) => expectAgreement(actual, expectedOf(numbers, name)));

  test("wasserstein1", () => expectAgreement(both.raw, numbers.expected["wasserstein1"]!));

  test.each([
    ["KS", "ks.statistic"],
    ["WASSERSTEIN", "wasserstein1Normed"],
    ["PSI", "psi.deciles"],
    ["JENSEN_SHANNON", "jensenShannonDistance.ln.sturgesPooled"],
  ] as const)("the value of %s that decides is %s", (method, name) => {
    const { floors } = DriftOptions.parse({});
    const terms = { floors, simulation: { random: () => 0.5, draws: 1 } };
    expectAgreement(compareNumeric(method, reference, current, terms).value, expectedOf(numbers, name));
  });
});

describe("categories, case C", () => {
  const cells = categoryCells(categoricalOf(categories.reference), categoricalOf(categories.current));
  const test2 = chiSquaredContingency(cells);

  test.each([
    ["chi2Contingency.statistic", test2.statistic],
    ["chi2Contingency.p", test2.pValue],
    ["psi", populationStability(cells.reference, cells.current)],
    ["jensenShannonDistance.ln", jensenShannonDistance(cells.reference, cells.current)],
  ])("%s", (name, actual) => expectAgreement(actual, expectedOf(categories, name)));
});

test.each(golden.tables2x2)("a 2 × 2 table with Yates's correction", (table) => {
  const cells = { reference: Float64Array.from(table.reference), current: Float64Array.from(table.current) };
  expectAgreement(chiSquaredContingency(cells).pValue, table["chi2.yates.p"]);
});
