import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { categoryCells, cutCells, decileCuts, MAX_CATEGORIES, pooledCells, sturgesCuts } from "./cells.ts";
import { categoricalSample, codedSample, numericSample, presentCount, sum } from "./samples.ts";

const sampleOf = (values: readonly number[]) => numericSample(Float64Array.from(values));

describe("deciles", () => {
  test("give a constant reference bins below, at and above it", () => {
    const constant = sampleOf(Array.from({ length: 50 }, () => 7));
    const cells = cutCells(constant, sampleOf([6, 6, 7, 8]), decileCuts(constant));
    expect([...cells.reference]).toEqual([0, 50, 0]);
    expect([...cells.current]).toEqual([2, 1, 1]);
  });

  test("give the zeros of a column that is mostly zero a bin of their own", () => {
    const reference = sampleOf([
      ...Array.from({ length: 60 }, () => 0),
      ...Array.from({ length: 40 }, (_, n) => n + 1),
    ]);
    const cells = cutCells(reference, sampleOf([-1, 0.2]), decileCuts(reference));
    expect([...cells.reference].slice(0, 2)).toEqual([0, 60]);
    expect([...cells.current].slice(0, 3)).toEqual([1, 0, 1]);
  });
});

test("equal width: one bin for a constant, all rows in bins at any range", () => {
  expect(sturgesCuts(sampleOf([3]), sampleOf([3, 3]))).toEqual([]);
  const wide = [sampleOf([-1.7e308, 0]), sampleOf([1.7e308])] as const;
  const cells = cutCells(...wide, sturgesCuts(...wide));
  expect([...cells.reference, ...cells.current]).toEqual([1, 1, 0, 0, 0, 1]);
});

test("pooled cells hold every row, ties together, at most so many, whichever sample a row is in", () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 1, max: 40 }), (a, b, most) => {
      const cells = pooledCells(sampleOf(a), sampleOf(b), most);
      expect(cells.positions.length).toBeLessThanOrEqual(most);
      expect([sum(cells.reference), sum(cells.current)]).toEqual([a.length, b.length]);
      const swapped = pooledCells(sampleOf(b), sampleOf(a), most);
      expect(swapped).toEqual({ reference: cells.current, current: cells.reference, positions: cells.positions });
      if (new Set([...a, ...b]).size <= most)
        expect([...cells.positions]).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
    }),
  );
});

test("categories of either sample have a cell; the rare ones of very many share the last", () => {
  const few = categoryCells(categoricalSample(["a", "a", "b"]), categoricalSample(["b", "new", null]));
  expect([[...few.reference], [...few.current]]).toEqual([
    [2, 1, 0],
    [0, 1, 1],
  ]);
  const names = Array.from({ length: 250 }, (_, n) => `c${n}`);
  const many = categoryCells(categoricalSample([...names, "c7"]), categoricalSample(names));
  expect(many.reference.length).toBe(MAX_CATEGORIES);
  expect([many.reference[0], many.reference.at(-1), sum(many.current)]).toEqual([2, 151, 250]);
});

test("NaN and infinities are missing, and so is a code of -1", () => {
  const numbers = numericSample(Float64Array.of(2, Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY));
  expect(numbers).toMatchObject({ missing: 3, sorted: Float64Array.of(1, 2) });
  const coded = codedSample({ codes: Int32Array.of(1, -1, 1, 0), dictionary: ["a", "b", "unused"] });
  expect(coded).toEqual(categoricalSample(["b", null, "b", "a"]));
  expect(presentCount(coded)).toBe(3);
});
