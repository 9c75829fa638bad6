import { type Random, randomFrom, seedFor } from "@clew/plugin-tabular/random";
import { describe, expect, test } from "vitest";
import { AbTest } from "./ab-test.ts";
import type { AbOptions } from "./options.ts";

/** Errors of 0 or 1 of two arms, one row at a time, until it is decided or the rows are over. */
function run(
  options: Partial<AbOptions>,
  { rates: [first, second], share = 0.5, rows, seed }: Errors,
): { test: AbTest; rows: number } {
  const random = randomFrom(seedFor(20_211, seed));
  const test = new AbTest(options);
  for (let row = 1; row <= rows; row++) {
    if (random() < share) test.add([], [one(random, second)]);
    else test.add([one(random, first)], []);
    if (test.outcome !== "CONTINUE") return { test, rows: row };
  }
  return { test, rows };
}

interface Errors {
  readonly rates: readonly [number, number];
  /** Of the second arm. */
  readonly share?: number;
  readonly rows: number;
  readonly seed: number;
}

function one(random: Random, rate: number): number {
  return random() < rate ? 1 : 0;
}

describe("the decision", () => {
  test("is for the arm that is better, whichever it is and whatever better means", () => {
    const errors = { rates: [0.1, 0.3], rows: 20_000, seed: 1 } as const;
    expect(run({ better: "LOWER" }, errors).test.outcome).toBe("FIRST_BETTER");
    expect(run({ better: "HIGHER" }, errors).test.outcome).toBe("SECOND_BETTER");
    expect(run({}, { ...errors, rates: [0.3, 0.1] }).test.outcome).toBe("SECOND_BETTER");
    expect(run({}, { ...errors, share: 0.1 }).test.outcome).toBe("FIRST_BETTER");
  });

  test("is that it does not matter, within a margin", () => {
    const { test } = run({ margin: 0.05 }, { rates: [0.2, 0.2], rows: 20_000, seed: 1 });
    const { outcome, low, high } = test.read();
    expect(outcome).toBe("NO_RELEVANT_DIFFERENCE");
    expect(low).toBeGreaterThan(-0.05);
    expect(high).toBeLessThan(0.05);
  });

  test("stands, whatever comes afterwards", () => {
    const { test, rows } = run({}, { rates: [0.1, 0.5], rows: 20_000, seed: 1 });
    test.add(Array(5_000).fill(1) as number[], Array(5_000).fill(0) as number[]);
    const { outcome, decidedAt, first } = test.read();
    expect({ outcome, decidedAt }).toEqual({ outcome: "FIRST_BETTER", decidedAt: rows });
    expect(first.mean).toBeGreaterThan(0.9);
  });

  // 400 runs of 0.05: twenty or fewer are expected, 34 are beyond three standard deviations.
  test.each([
    ["no difference", { margin: null }, [0.15, 0.15], 0.5],
    ["no difference, a tenth of the traffic", { margin: null }, [0.15, 0.15], 0.1],
    ["a difference that is just relevant", { margin: 0.05 }, [0.1, 0.15], 0.5],
  ] as const)("is seldom wrong, though it is looked at after every row: %s", (_, { margin }, rates, share) => {
    let wrong = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { outcome } = run({ margin, tightestAt: 500 }, { rates, share, rows: 2_000, seed }).test;
      const isWrong =
        rates[0] === rates[1] ? outcome.endsWith("BETTER") : outcome !== "CONTINUE" && outcome !== "FIRST_BETTER";
      if (isWrong) wrong++;
    }
    expect(wrong).toBeLessThan(20);
  });

  test("is not misled by a day on which all is worse and another arm has the traffic", () => {
    const random = randomFrom(7);
    const test = new AbTest();
    const rows = (count: number, rate: number) => Array.from({ length: count }, () => one(random, rate));
    for (let day = 0; day < 40; day++) {
      const [first, second, rate] = day % 2 === 0 ? [900, 100, 0.05] : [100, 900, 0.4];
      test.add(rows(first, rate), rows(second, rate));
    }
    const { outcome, first, second, low, high } = test.read();
    expect(second.mean - first.mean).toBeGreaterThan(0.2);
    expect(outcome).toBe("CONTINUE");
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });
});

function sums(outcomes: readonly number[]) {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  return { rows: outcomes.length, sum: total(outcomes), squares: total(outcomes.map((outcome) => outcome ** 2)) };
}

describe("what it knows", () => {
  const losses = (seed: number) => Array.from({ length: 50 }, randomFrom(seed));

  test("is the same for any order of a batch's rows, and after a restart", () => {
    const straight = new AbTest({ tightestAt: 100 });
    let restarted = new AbTest({ tightestAt: 100 });
    for (let batch = 0; batch < 20; batch++) {
      const [first, second] = [losses(batch), losses(batch + 100).map((loss) => loss / 2)];
      straight.add(first, second);
      restarted.add(
        first.toReversed(),
        second.toSorted((a, b) => a - b),
      );
      const kept = JSON.stringify(restarted.state);
      expect(kept.length).toBeLessThan(600);
      restarted = new AbTest({ tightestAt: 100 }, JSON.parse(kept) as AbTest["state"]);
    }
    const [one, other] = [straight.read(), restarted.read()];
    expect(one.outcome).toBe("SECOND_BETTER");
    expect(other.decidedAt).toBe(one.decidedAt);
    expect(other.low).toBeCloseTo(one.low, 10);
    expect(other.pValue).toBeCloseTo(one.pValue, 10);
  });

  test("is the same where only sums are told, and no less sure without their squares than it may be", () => {
    const options = { low: -1, high: 3, tightestAt: 100 };
    const [rows, told, vague] = [new AbTest(options), new AbTest(options), new AbTest(options)];
    for (let batch = 0; batch < 20; batch++) {
      const [first, second] = [losses(batch), losses(batch + 100).map((loss) => loss / 2 - 1)];
      rows.add(first, second);
      told.addSums(sums(first), sums(second));
      vague.addSums({ ...sums(first), squares: undefined }, { ...sums(second), squares: undefined });
    }
    const [one, other, wider] = [rows.read(), told.read(), vague.read()];
    expect(other.low).toBeCloseTo(one.low, 10);
    expect(other.first.mean).toBeCloseTo(one.first.mean, 10);
    expect(wider.difference).toBeCloseTo(one.difference, 10);
    expect(wider.high - wider.low).toBeGreaterThan(one.high - one.low);
  });

  test.each([
    [{ rows: 10, sum: 11 }],
    [{ rows: 10, sum: -1 }],
    [{ rows: 1.5, sum: 1 }],
    [{ rows: -1, sum: 0 }],
    [{ rows: 10, sum: 5, squares: 6 }],
    [{ rows: 10, sum: Number.NaN }],
  ])("takes no sums that no outcomes have: %o", (bad) => {
    const test = new AbTest();
    expect(() => test.addSums({ rows: 10, sum: 5 }, bad)).toThrow("have no sum");
    expect(test.read().first.rows).toBe(0);
  });

  test("is said in the outcomes' own unit, and nothing is known at first", () => {
    const options = { low: -100, high: 100, better: "HIGHER" } as const;
    expect(new AbTest(options).read()).toMatchObject({ difference: Number.NaN, low: -200, high: 200, pValue: 1 });
    const test = new AbTest(options);
    test.add(Array(2_000).fill(10) as number[], Array(2_000).fill(30) as number[]);
    const { difference, low, high, outcome, first } = test.read();
    expect(difference).toBeCloseTo(20, 6);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(40);
    expect(outcome).toBe("SECOND_BETTER");
    expect(first.mean).toBeCloseTo(10, 6);
  });

  test("takes no outcome out of bounds, and nothing of the batch that has one", () => {
    const test = new AbTest();
    for (const bad of [1.5, -0.1, Number.NaN, Infinity])
      expect(() => test.add([0.5, bad], [0.5])).toThrow("is not between 0 and 1");
    expect(test.read().first.rows).toBe(0);
    expect(() => new AbTest({ alpha: 0 })).toThrow();
  });
});
