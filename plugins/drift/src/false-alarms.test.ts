import { describe, expect, test } from "vitest";
import { Draw } from "../test/draw.ts";
import { decideDrift, type DriftFeature, type WindowDecision } from "./decide.ts";
import type { DriftMethod } from "./options.ts";

const ALPHA = 0.05;
const NO_FLOORS = { KS: 0, CHI_SQUARED: 0, PSI: 0, JENSEN_SHANNON: 0, WASSERSTEIN: 0 };

/** Continuous, tied, copied and categorical features from one law, with missing values. */
function windowWithoutDrift(draw: Draw, n: number, m: number, method?: DriftMethod): DriftFeature[] {
  const copied = { reference: draw.numbers(n), current: draw.numbers(m) };
  const tied = () => (draw.uniform() < 0.1 ? Number.NaN : Math.floor(draw.normal()));
  const pairs = [
    copied,
    copied,
    ...Array.from({ length: 3 }, () => ({ reference: draw.numbers(n), current: draw.numbers(m) })),
    ...Array.from({ length: 3 }, () => ({ reference: draw.numbers(n, tied), current: draw.numbers(m, tied) })),
  ];
  const numeric = pairs.map((pair, at) => ({ name: `n${at}`, ...pair, ...(method && { method }) }));
  const categorical = Array.from({ length: 4 }, (_, at) => ({
    name: `c${at}`,
    reference: draw.categories(n),
    current: draw.categories(m),
    ...(method && method !== "KS" && method !== "WASSERSTEIN" && { method }),
  }));
  return [...numeric, ...categorical];
}

function alarms(repeats: number, decide: (draw: Draw) => WindowDecision): number {
  let count = 0;
  for (let seed = 0; seed < repeats; seed++) if (decide(new Draw(seed)).outcome === "DRIFT") count++;
  return count;
}

/** The alarms that a rate of alpha gives at most, but for one time in about a thousand. */
const mostOf = (repeats: number) => Math.floor(repeats * ALPHA + 3 * Math.sqrt(repeats * ALPHA * (1 - ALPHA)));

describe("windows without drift", () => {
  test.each([
    ["by default", undefined, 300, 60, 80],
    ["PSI", "PSI", 120, 30, 25],
    ["Jensen–Shannon", "JENSEN_SHANNON", 120, 30, 25],
    ["Wasserstein", "WASSERSTEIN", 120, 30, 25],
  ] as const)("are seldom said to drift: %s", (_, method, n, m, repeats) => {
    const found = alarms(repeats, (draw) =>
      decideDrift(windowWithoutDrift(draw, n, m, method), { alpha: ALPHA, floors: NO_FLOORS }),
    );
    expect(found).toBeLessThanOrEqual(mostOf(repeats));
  });

  test("are not found fault with less often than they should be either", () => {
    // One continuous feature, nothing to be corrected: a test that never alarms would pass all of the above.
    const repeats = 600;
    const found = alarms(repeats, (draw) => {
      const feature = { name: "a", reference: draw.numbers(100), current: draw.numbers(80) };
      return decideDrift([feature], { alpha: ALPHA, floors: NO_FLOORS });
    });
    expect(found).toBeGreaterThan(repeats * ALPHA * 0.5);
    expect(found).toBeLessThanOrEqual(mostOf(repeats));
  });
});

test("a feature that drifts is found among many that do not, and few others with it", () => {
  let right = 0;
  let wrong = 0;
  for (let seed = 0; seed < 20; seed++) {
    const draw = new Draw(seed);
    const features = windowWithoutDrift(draw, 800, 200);
    const moved = {
      name: "moved",
      reference: draw.numbers(800),
      current: draw.numbers(200, () => draw.normal() + 0.5),
    };
    for (const { feature, outcome } of decideDrift([...features, moved]).features) {
      if (outcome === "DRIFT" && feature === "moved") right++;
      else if (outcome === "DRIFT") wrong++;
    }
  }
  expect(right).toBe(20);
  expect(wrong).toBeLessThanOrEqual(2);
});
