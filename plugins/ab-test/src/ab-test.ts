import { Mixture, rhoFor } from "./mixture.ts";
import { AbOptions, type AbOutcome, AbState, type Tally } from "./options.ts";

/** What a test says now. Differences are those of the means, second less first, in the outcomes' unit. */
export interface AbReading {
  readonly outcome: AbOutcome;
  /** Rows of both arms after which it was decided; null while it goes on. */
  readonly decidedAt: number | null;
  /** NaN until both arms have enough rows to be compared. */
  readonly difference: number;
  /** The difference lies between, at all times together, but for a probability of alpha. */
  readonly low: number;
  readonly high: number;
  /** Of no difference, valid whenever one looks. */
  readonly pValue: number;
  readonly first: ArmReading;
  readonly second: ArmReading;
}

/** What an arm's outcomes come to, in their own unit. */
export interface OutcomeSums {
  readonly rows: number;
  readonly sum: number;
  /** Of the outcomes' squares, where it is known. */
  readonly squares?: number | undefined;
}

export interface ArmReading {
  readonly rows: number;
  /** NaN without rows. */
  readonly mean: number;
}

/** Rows of each arm that are waited for before they are compared with each other. */
export const BLOCK_ROWS = 8;
/** Of a weight a row, and a variance of outcomes: what half of the traffic each, and a loss of 0 or 1 that is 0.15 on average, have. */
const VARIANCE_OF_ROW = 1 / 32;
const NOTHING: Tally = { rows: 0, sum: 0, squares: 0 };
const START: AbState = {
  closed: { first: NOTHING, second: NOTHING },
  open: { first: NOTHING, second: NOTHING },
  difference: 0,
  weight: 0,
  variance: 0,
  pValue: 1,
  decided: null,
};

/**
 * Compares the means of two arms' bounded outcomes (an error that is 0 or 1, a Brier loss) and may be looked at after every row: the
 * probability that it ever decides wrongly is at most alpha. Rows are compared in blocks that hold rows of both arms, so that neither a change of
 * the traffic's shares nor of the day looks like a difference. A confidence sequence with an empirical Bernstein variance (Howard, Ramdas,
 * McAuliffe, Sekhon 2021, Theorem 4), whose mixture is the test's supermartingale.
 */
export class AbTest {
  readonly #options: AbOptions;
  readonly #mixture: Mixture;
  #state: AbState;

  /**
   * @param state what `state` of a test with the same options gave
   * @throws {z.ZodError} where options or state are not what they should be
   */
  constructor(options: Partial<AbOptions> = {}, state: AbState = START) {
    this.#options = AbOptions.parse(options);
    this.#state = AbState.parse(state);
    const { tightestAt, alpha } = this.#options;
    this.#mixture = new Mixture(rhoFor(tightestAt * VARIANCE_OF_ROW, alpha / 2));
  }

  /** In a few numbers, for JSON. */
  get state(): AbState {
    return this.#state;
  }

  /**
   * Outcomes that have come since, in any order; once decided, it stays decided.
   * @throws {RangeError} for an outcome out of bounds; then none is taken
   */
  add(first: Iterable<number>, second: Iterable<number>): void {
    this.#take(this.#tallied(first), this.#tallied(second));
  }

  /**
   * The same of sums over outcomes, as a report of a window has them.
   * @throws {RangeError} for sums that no outcomes in bounds have; then none are taken
   */
  addSums(first: OutcomeSums, second: OutcomeSums): void {
    this.#take(this.#scaled(first), this.#scaled(second));
  }

  #take(first: Tally, second: Tally): void {
    const { open } = this.#state;
    const grown = { first: joined(open.first, first), second: joined(open.second, second) };
    this.#state = { ...this.#state, open: grown };
    if (grown.first.rows >= BLOCK_ROWS && grown.second.rows >= BLOCK_ROWS) this.#close();
  }

  get outcome(): AbOutcome {
    return this.#state.decided?.outcome ?? "CONTINUE";
  }

  read(): AbReading {
    const { closed, open, difference, weight, variance, pValue, decided } = this.#state;
    const { alpha, low, high } = this.#options;
    const unit = high - low;
    const middle = weight === 0 ? Number.NaN : difference / weight;
    const reach = weight === 0 ? Infinity : this.#mixture.bound(variance, Math.log(2 / alpha)) / weight;
    return {
      outcome: this.outcome,
      decidedAt: decided?.rows ?? null,
      difference: middle * unit,
      low: weight === 0 ? -unit : Math.max(-1, middle - reach) * unit,
      high: weight === 0 ? unit : Math.min(1, middle + reach) * unit,
      pValue,
      first: this.#arm(closed.first, open.first),
      second: this.#arm(closed.second, open.second),
    };
  }

  #arm(closed: Tally, open: Tally): ArmReading {
    const { rows, sum } = joined(closed, open);
    const { low, high } = this.#options;
    return { rows, mean: low + (sum / rows) * (high - low) };
  }

  /** To outcomes from 0 to 1. Where nothing is known of the squares, no outcome's is above itself: the interval is then somewhat wider. */
  #scaled({ rows, sum, squares }: OutcomeSums): Tally {
    const { low, high } = this.#options;
    const unit = high - low;
    const own = (sum - rows * low) / unit;
    const ownSquares = squares === undefined ? own : (squares - 2 * low * sum + rows * low * low) / unit ** 2;
    // Sums that were divided and multiplied again are off by some last digits.
    const slack = 1e-9 * (rows + 1);
    const isPossible = Number.isSafeInteger(rows) && rows >= 0 && own >= -slack && own <= rows + slack;
    if (!isPossible || !(ownSquares >= -slack && ownSquares <= own + slack))
      throw new RangeError(
        `${rows} outcomes between ${low} and ${high} have no sum of ${sum} and squares of ${squares}`,
      );
    return { rows, sum: Math.min(rows, Math.max(0, own)), squares: Math.max(0, ownSquares) };
  }

  #tallied(outcomes: Iterable<number>): Tally {
    let { rows, sum, squares } = NOTHING;
    const { low, high } = this.#options;
    for (const outcome of outcomes) {
      if (!(outcome >= low && outcome <= high))
        throw new RangeError(`an outcome of ${outcome} is not between ${low} and ${high}`);
      const value = (outcome - low) / (high - low);
      rows += 1;
      sum += value;
      squares += value * value;
    }
    return { rows, sum, squares };
  }

  /** Compares the rows of the open block: each arm's mean, weighted so that no row counts for more than one. */
  #close(): void {
    const { closed, open } = this.#state;
    const [first, second] = [open.first, open.second];
    const rows = first.rows + second.rows;
    const [ofFirst, ofSecond] = [second.rows / rows, first.rows / rows];
    const block = {
      difference: ofSecond * second.sum - ofFirst * first.sum,
      weight: (first.rows * second.rows) / rows,
      variance: ofFirst ** 2 * spread(first, closed.first) + ofSecond ** 2 * spread(second, closed.second),
    };
    this.#state = {
      ...this.#state,
      closed: { first: joined(closed.first, first), second: joined(closed.second, second) },
      open: START.open,
      difference: this.#state.difference + block.difference,
      weight: this.#state.weight + block.weight,
      variance: this.#state.variance + block.variance,
    };
    this.#decide();
  }

  #decide(): void {
    const { closed, difference, weight, pValue, decided } = this.#state;
    const evidence = this.#evidence(Math.abs(difference));
    this.#state = { ...this.#state, pValue: Math.min(pValue, 2 * Math.exp(-evidence)) };
    if (decided !== null) return;
    const outcome = this.#outcome(difference, weight, evidence);
    if (outcome === "CONTINUE") return;
    this.#state = { ...this.#state, decided: { outcome, rows: closed.first.rows + closed.second.rows } };
  }

  /** What the confidence sequence's ends say, without computing them. */
  #outcome(difference: number, weight: number, evidence: number): AbOutcome {
    const { alpha, margin, better, low, high } = this.#options;
    const needed = Math.log(2 / alpha);
    const room = margin === null ? 0 : (margin / (high - low)) * weight - Math.abs(difference);
    if (room > 0 && this.#evidence(room) > needed) return "NO_RELEVANT_DIFFERENCE";
    if (evidence <= needed) return "CONTINUE";
    return difference > 0 === (better === "HIGHER") ? "SECOND_BETTER" : "FIRST_BETTER";
  }

  #evidence(sum: number): number {
    return this.#mixture.log(sum, this.#state.variance);
  }
}

/** Of a block's outcomes around the mean that was expected of the rows before it. */
function spread({ rows, sum, squares }: Tally, before: Tally): number {
  const expected = (before.sum + 0.5) / (before.rows + 1);
  return Math.max(0, squares - 2 * expected * sum + rows * expected * expected);
}

function joined(one: Tally, other: Tally): Tally {
  return { rows: one.rows + other.rows, sum: one.sum + other.sum, squares: one.squares + other.squares };
}
