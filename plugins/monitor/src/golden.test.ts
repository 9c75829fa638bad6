import { type DriftMethod, WindowSample } from "@clew/plugin-drift";
import type { MetricValue } from "@clew/plugin-sdk";
import { expect, test } from "vitest";
import { categoricalOf, expectedOf, golden, numbersOf } from "../../drift/test/read-golden.ts";
import { aMonitor, aPrediction, START, stored, streamOf } from "../test/stream.fixture.ts";
import { Reference } from "./reference.ts";
import { sampledColumns } from "./settings.ts";

const [numbers, categories] = golden.cases;
type Values = readonly (number | string)[];

/** What a monitor reports of a window of these values, by a method. */
async function reported(kind: "numeric" | "categorical", method: DriftMethod, reference: Values, current: Values) {
  const parameters = {
    window: { by: "count" as const, rows: current.length },
    features: [{ name: "x", kind, method }],
  };
  const sample = new WindowSample({
    columns: sampledColumns({ features: [...parameters.features] as never, slices: [] }),
  });
  for (const [row, x] of reference.entries()) sample.add(String(row), { x });
  const { monitor, said } = aMonitor(parameters, { reference: new Reference(sample) });
  const predictions = current.map((x, row) => aPrediction({ at: START + row, inputs: { x: [x] } }));
  for (const observed of streamOf(stored(predictions, 100))) await monitor.take(observed);
  const [report] = said.reports.values();
  return report!.drift![0]!;
}

function expectAgreement(actual: MetricValue | null | undefined, expected: number): void {
  expect(Math.abs(Number(actual) / expected - 1), `${String(actual)} against ${expected}`).toBeLessThan(1e-9);
}

test.each([
  ["KS", "ks.statistic", "ks.pAuto"],
  ["WASSERSTEIN", "wasserstein1Normed", null],
  ["PSI", "psi.deciles", null],
  ["JENSEN_SHANNON", "jensenShannonDistance.ln.sturgesPooled", null],
] as const)("numbers, case A, by %s are reported to nine digits, with the definition", async (method, name, p) => {
  const [reference, current] = [numbersOf(numbers.reference), numbersOf(numbers.current)];
  const measure = await reported("numeric", method, [...reference], [...current]);
  expectAgreement(measure.value, expectedOf(numbers, name));
  if (p !== null) expectAgreement(measure.pValue, expectedOf(numbers, p));
  expect(measure.definition.length).toBeGreaterThan(20);
});

test.each([
  ["CHI_SQUARED", "chi2Contingency.statistic"],
  ["PSI", "psi"],
  ["JENSEN_SHANNON", "jensenShannonDistance.ln"],
] as const)("categories, case C, by %s are reported to nine digits", async (method, name) => {
  const rowsOf = (spec: typeof categories.reference) =>
    [...categoricalOf(spec).counts].flatMap(([value, count]) => Array<string>(count).fill(value));
  const measure = await reported("categorical", method, rowsOf(categories.reference), rowsOf(categories.current));
  expectAgreement(measure.value, expectedOf(categories, name));
});
