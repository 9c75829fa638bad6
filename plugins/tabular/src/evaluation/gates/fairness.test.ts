import { expect, test } from "vitest";
import { decided, slicesBy } from "../../../test/evaluation/decided.fixture.ts";
import { readGolden } from "../../../test/evaluation/read-golden.ts";
import { RegressionRows } from "../../regression-rows.ts";
import { ScoredRows } from "../../scored-rows.ts";
import { measureAll } from "../metric-traits.ts";
import type { Gate } from "./gate-parameters.ts";

const golden = readGolden();
const scored = new ScoredRows(Uint8Array.from(golden.labels), Float64Array.from(golden.scores), golden.threshold);
const numbers = new RegressionRows(Float64Array.from(golden.truths), Float64Array.from(golden.answers));
const slices = slicesBy("group", golden.groups);
const rowsFor = (metric: string) => (metric === "mae" ? numbers : scored);

function fairness(metric: string, rest: object): Extract<Gate, { kind: "fairness" }> {
  return { kind: "fairness", metric, groups: "group", ...rest } as Extract<Gate, { kind: "fairness" }>;
}

test.each(Object.entries(golden.fairness))("%s: difference and ratio are Fairlearn's", async (metric, expected) => {
  const given = { model: rowsFor(metric), slices, resamples: 50 };
  const difference = (await decided(fairness(metric, { max: 0.1 }), given)).answer;
  expect(difference).toMatchObject({ kind: "FAIRNESS", metric: `${metric}_difference`, where: [] });
  expect(difference.value).toBeCloseTo(expected.difference, 12);
  const ratio = (await decided(fairness(metric, { compare: "ratio", min: 0.8 }), given)).answer;
  expect(ratio.value).toBeCloseTo(expected.ratio, 12);
  for (const { value, low, high } of [difference, ratio]) {
    expect(low).toBeLessThan(value as number);
    expect(high).toBeGreaterThan(value as number);
  }
  expect([difference.low, ratio.high].map(Number)).toEqual([
    Math.max(0, Number(difference.low)),
    Math.min(1, Number(ratio.high)),
  ]);
});

test.each(Object.entries(golden.fairness).filter(([, { groups }]) => groups !== undefined))(
  "%s of each group is Fairlearn's",
  (metric, { groups }) => {
    const measured = slices.map(({ value, rows }) => [value, measureAll(rowsFor(metric).take(rows))[metric]] as const);
    for (const [value, number] of measured) expect(number).toBeCloseTo(groups![value]!, 12);
  },
);

test("the answer names the groups that are farthest apart", async () => {
  const { groups } = golden.fairness["selection_rate"]!;
  const { answer } = await decided(fairness("demographic_parity", { max: 0.01 }), { model: scored, slices });
  const [least, most] = Object.entries(groups!)
    .toSorted((a, b) => a[1] - b[1])
    .map(([name]) => name)
    .filter((_, at) => at !== 1);
  expect(answer.outcome).toBe("FAIL");
  expect(answer.count).toBe(golden.groups.filter((group) => group === least || group === most).length);
  expect(answer.message).toMatch(
    new RegExp(
      `^demographic_parity_difference between group is at most 0.01: .*: ${most} \\(selection_rate .*\\) against ${least} `,
    ),
  );
});

test("a group that is too small keeps the gate from passing, and is named; where unsure cases pass it is left out", async () => {
  const few = slicesBy(
    "group",
    golden.groups.map((group, row) => (row < 12 ? "D" : group)),
  );
  const lenient = { max: 0.6, minRows: 20 };
  const { answer } = await decided(fairness("demographic_parity", lenient), { model: scored, slices: few });
  expect(answer).toMatchObject({ outcome: "NOT_ENOUGH_DATA", message: expect.stringContaining("too small to say: D") });
  const passing = fairness("demographic_parity", { ...lenient, whenUnsure: "PASS" });
  expect((await decided(passing, { model: scored, slices: few })).answer.outcome).toBe("PASS");
  const one = await decided(fairness("demographic_parity", lenient), { model: scored, slices: slices.slice(0, 1) });
  expect(one.answer).toMatchObject({ outcome: "NOT_ENOUGH_DATA", value: null, count: 0 });
  const alone = await decided(fairness("demographic_parity", lenient), {
    model: scored,
    slices: few.filter(({ value }) => value === "D"),
  });
  expect(alone.answer).toMatchObject({ outcome: "NOT_ENOUGH_DATA", where: [], count: 0 });
});
