import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WindowSample } from "./window-sample.ts";

const columns = [
  { name: "delay", kind: "numeric" },
  { name: "origin", kind: "categorical" },
] as const;
const aSample = (capacity = 50) => new WindowSample({ columns, capacity, seed: 3 });
const rowOf = (id: number) => ({ delay: id % 7 === 0 ? null : id / 3, origin: id % 3 === 0 ? "JFK" : "LGA" });

function fill(sample: WindowSample, ids: Iterable<number>): WindowSample {
  for (const id of ids) sample.add(`inference-${id}`, rowOf(id));
  return sample;
}
const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

describe("a window's sample", () => {
  test("keeps a small window whole", () => {
    const sample = fill(aSample(), range(30));
    expect([sample.size, sample.rows]).toEqual([30, 30]);
    const delay = sample.samples().get("delay");
    expect(delay).toEqual({
      kind: "numeric",
      missing: 5,
      sorted: Float64Array.from(
        range(30).filter((id) => id % 7 !== 0),
        (id) => id / 3,
      ),
    });
    expect(sample.samples().get("origin")).toMatchObject({
      counts: new Map([
        ["JFK", 10],
        ["LGA", 20],
      ]),
    });
  });

  test("is a function of the set of rows: order, cuts and repeats do not matter", () => {
    const ids = fc.array(fc.nat(300), { maxLength: 250 });
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const whole = fill(aSample(), [...a, ...b]);
        const merged = fill(aSample(), a.toReversed());
        merged.merge(fill(aSample(), b));
        expect(merged.toJSON()).toEqual(whole.toJSON());
        expect(merged.rows).toBe(whole.rows);
        merged.merge(whole);
        expect(merged.toJSON()).toEqual(whole.toJSON());
      }),
    );
  });

  test("goes on from a checkpoint as if it had not stopped, messages that come again included", () => {
    const ids = fc.tuple(fc.nat(400), fc.nat(400), fc.nat(400));
    fc.assert(
      fc.property(ids, ([cut, redelivered, rest]) => {
        const before = fill(aSample(), range(cut));
        const restarted = WindowSample.fromJSON(JSON.parse(JSON.stringify(before)));
        fill(restarted, range(rest, Math.max(0, cut - redelivered)));
        const end = Math.max(cut, Math.max(0, cut - redelivered) + rest);
        const never = fill(aSample(), range(end));
        expect(restarted.toJSON()).toEqual(never.toJSON());
        expect(restarted.rows).toBe(never.rows);
      }),
    );
  });

  test("stays bounded, says about how many rows there were, and is uniform among them", () => {
    const sample = fill(aSample(2_000), range(40_000));
    expect(sample.size).toBe(2_000);
    expect(sample.toJSON().priorities.length).toBe(2_001);
    expect(Math.abs(sample.rows / 40_000 - 1)).toBeLessThan(4 / Math.sqrt(2_000));
    const delay = sample.samples().get("delay");
    const mean = delay?.kind === "numeric" ? delay.sorted.reduce((a, b) => a + b, 0) / delay.sorted.length : Number.NaN;
    // 20,000 / 3, standard error 3,849 / √1,714.
    expect(Math.abs(mean - 6_667)).toBeLessThan(4 * 93);
  });

  test("gives a slice's samples", () => {
    const slice = fill(aSample(), range(30)).samples(({ origin }) => origin === "JFK");
    expect(slice.get("origin")).toMatchObject({ counts: new Map([["JFK", 10]]) });
  });

  test("takes what is not of a column's kind as missing", () => {
    const sample = aSample();
    sample.add("a", { delay: "late", origin: Number.NaN });
    sample.add("b", { delay: Number.POSITIVE_INFINITY, origin: { iata: "JFK" } });
    sample.add("c", {});
    sample.add("d", { delay: true, origin: 4 });
    const found = WindowSample.fromJSON(JSON.parse(JSON.stringify(sample))).samples();
    expect(found.get("delay")).toMatchObject({ missing: 3, sorted: Float64Array.of(1) });
    expect(found.get("origin")).toMatchObject({ missing: 3, counts: new Map([["4", 1]]) });
  });

  test("refuses to merge with other columns, capacity or seed, and a state that is none", () => {
    expect(() => aSample().merge(aSample(51))).toThrow(RangeError);
    expect(() => aSample().merge(new WindowSample({ columns, capacity: 50 }))).toThrow(RangeError);
    const state = fill(aSample(), range(3)).toJSON();
    expect(() => WindowSample.fromJSON({ ...state, values: [[1, 2, 3]] })).toThrow();
    expect(() =>
      WindowSample.fromJSON({
        ...state,
        values: [
          [1, 2],
          ["a", "b"],
        ],
      }),
    ).toThrow();
  });
});
