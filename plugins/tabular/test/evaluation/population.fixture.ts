import { type Random, randomFrom } from "../../src/random.ts";
import { RegressionRows } from "../../src/regression-rows.ts";
import { ScoredRows } from "../../src/scored-rows.ts";
import type { Given } from "./decided.fixture.ts";
import { slicesBy } from "./decided.fixture.ts";

const SIZE = 20_000;
const THRESHOLD = 0.5;
const REGIONS = ["north", "east", "south", "west"];

/** Rows to draw from, so that what is true of them is known. */
export class Population {
  readonly #random: Random;
  readonly #labels: Uint8Array;
  readonly #scores: Float64Array;
  readonly #baseline: Float64Array;
  readonly #answers: Float64Array;
  readonly #truths: Float64Array;
  readonly #regions: Uint8Array;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    const normal = () => Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    const numbers = (make: (row: number) => number) => Float64Array.from({ length: SIZE }, (_, row) => make(row));
    const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
    this.#regions = Uint8Array.from({ length: SIZE }, () => Math.floor(this.#random() ** 1.5 * REGIONS.length));
    const logits = numbers((row) => 1.5 * normal() - 0.6 + 0.3 * this.#regions[row]!);
    this.#labels = Uint8Array.from(logits, (logit) => Number(this.#random() < sigmoid(logit)));
    this.#scores = logits.map((logit) => sigmoid(0.9 * logit + 0.3 * normal()));
    this.#baseline = logits.map((logit) => sigmoid(0.5 * logit + 0.8 * normal()));
    this.#truths = numbers(() => Math.exp(3 + 0.6 * normal()));
    this.#answers = this.#truths.map((truth) => 0.8 * truth + 4 + 5 * normal());
  }

  /** Everything: what a sample estimates. */
  whole(): Given & { numbers: RegressionRows } {
    return this.#given(Int32Array.from({ length: SIZE }, (_, row) => row));
  }

  sample(rows: number): Given & { numbers: RegressionRows } {
    return this.#given(Int32Array.from({ length: rows }, () => Math.floor(this.#random() * SIZE)));
  }

  /** The same with slices that mean nothing: each is like the whole. */
  sampleOfEquals(rows: number, slices: number): Given {
    const sample = this.sample(rows);
    const values = Array.from({ length: rows }, () => `s${Math.floor(this.#random() * slices)}`);
    return { ...sample, slices: slicesBy("slice", values) };
  }

  #given(rows: Int32Array): Given & { numbers: RegressionRows } {
    const taken = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
    const labels = Uint8Array.from(rows, (row) => this.#labels[row]!);
    return {
      model: new ScoredRows(labels, taken(this.#scores), THRESHOLD),
      baseline: new ScoredRows(labels, taken(this.#baseline), THRESHOLD),
      numbers: new RegressionRows(taken(this.#truths), taken(this.#answers)),
      slices: slicesBy(
        "region",
        Array.from(rows, (row) => REGIONS[this.#regions[row]!]!),
      ),
    };
  }
}
