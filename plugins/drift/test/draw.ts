import { type Random, randomFrom } from "@clew/plugin-tabular/random";
import { type CategoricalSample, categoricalSample, type NumericSample, numericSample } from "../src/samples.ts";

/** Numbers of several laws from one seed. */
export class Draw {
  readonly uniform: Random;

  constructor(seed: number) {
    this.uniform = randomFrom(seed);
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  numbers(count: number, number: () => number = () => this.normal()): NumericSample {
    return numericSample(Float64Array.from({ length: count }, number));
  }

  /** Categories c0, c1, … of which each is `ratio` times as frequent as the one before. */
  categories(count: number, ratio = 0.6): CategoricalSample {
    const draw = () => `c${Math.floor(Math.log(1 - this.uniform()) / Math.log(ratio))}`;
    return categoricalSample(Array.from({ length: count }, draw));
  }
}
