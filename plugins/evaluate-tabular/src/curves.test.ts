import { expect, test } from "vitest";
import { curveOf } from "./curves.ts";

test("one point for each score, rows of one score together", () => {
  const points = curveOf(Uint8Array.of(1, 0, 1, 0), Float64Array.of(0.9, 0.5, 0.5, 0.1));
  expect(points).toEqual([
    { threshold: 0.9, truePositiveRate: 0.5, falsePositiveRate: 0, precision: 1 },
    { threshold: 0.5, truePositiveRate: 1, falsePositiveRate: 0.5, precision: 2 / 3 },
    { threshold: 0.1, truePositiveRate: 1, falsePositiveRate: 1, precision: 0.5 },
  ]);
});

test("long curves are thinned and keep both ends", () => {
  const scores = Float64Array.from({ length: 5000 }, (_, row) => row / 5000);
  const points = curveOf(
    Uint8Array.from(scores, (_, row) => row % 2),
    scores,
  );
  expect(points).toHaveLength(200);
  expect(points.at(0)?.threshold).toBe(4999 / 5000);
  expect(points.at(-1)).toMatchObject({ truePositiveRate: 1, falsePositiveRate: 1 });
});
