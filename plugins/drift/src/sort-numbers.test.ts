import { randomFrom } from "@clew/plugin-tabular/random";
import { describe, expect, it } from "vitest";
import { sortNumbers } from "./sort-numbers.ts";

const EXTREMES = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
];
const random = randomFrom(7);

const DRAWS = {
  "numbers of any bits": () =>
    finite(new Float64Array(Uint32Array.of(random() * 2 ** 32, random() * 2 ** 32).buffer)[0]!),
  "numbers near to each other": () => random() - 0.5,
  "numbers of which one in three hundred is next to 1": () =>
    random() < 1 / 300 ? 1 + 1e-9 * random() : random() - 0.5,
  "numbers that are all next to a large one": () => 1.6e9 + 1e5 * random(),
  "few distinct numbers": () => Math.floor(10 * random()) - 5,
  "the ends of what a double holds": () => EXTREMES[Math.floor(EXTREMES.length * random())]!,
};

describe("numbers are sorted as Float64Array.sort sorts them", () => {
  it.each(
    Object.entries(DRAWS).flatMap(([what, draw]) =>
      [0, 1, 2, 1_000, 19_999, 20_000, 20_001, 100_000].map((count) => ({ what, draw, count })),
    ),
  )("$count of $what", ({ draw, count }) => {
    const values = Float64Array.from({ length: count }, draw);
    const expected = bitsOf(values.slice().sort());
    const sorted = sortNumbers(values);
    expect(sorted).toBe(values);
    expect(bitsOf(sorted).equals(expected)).toBe(true);
  });

  it("in a part of an array, and nothing beside it", () => {
    const whole = Float64Array.from({ length: 30_002 }, random);
    const [first, last] = [whole[0], whole[30_001]];
    const expected = bitsOf(whole.slice(1, -1).sort());
    const sorted = sortNumbers(whole.subarray(1, -1));
    expect(bitsOf(sorted).equals(expected)).toBe(true);
    expect([whole[0], whole[30_001]]).toEqual([first, last]);
  });
});

function finite(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

/** Of zeros the negative one comes first: equal numbers need not be the same. */
function bitsOf(values: Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
