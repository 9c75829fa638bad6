/**
 * How often the sequential test of two arms decides wrongly when it is looked at after every row, and a test that was not made for that beside
 * it; and after how many rows it decides, beside those that a test of a fixed size takes.
 */
import { AbTest } from "@clew/plugin-ab-test";
import { type Random, randomFrom, seedFor } from "@clew/plugin-tabular/random";
import { type BenchOptions, type Figure, type Measured, median } from "./support/figures.ts";
import { round } from "./support/load.ts";

const ALPHA = 0.05;
const MARGIN = 0.02;
const SEED = 20_211;

type Draw = (random: Random) => number;

interface Arms {
  readonly name: string;
  readonly first: Draw;
  readonly second: Draw;
  /** Of the second arm. */
  readonly share: number;
  readonly margin: number | null;
}

const errorOf =
  (rate: number): Draw =>
  (random) =>
    random() < rate ? 1 : 0;
/** Of probabilities that are right, all over [0, most]. */
const brierOf =
  (most: number): Draw =>
  (random) => {
    const probability = random() * most;
    return (probability - errorOf(probability)(random)) ** 2;
  };

const same = (name: string, draw: Draw, share: number, margin: number | null = null): Arms => {
  return { name, first: draw, second: draw, share, margin };
};
/** Whether a decision would be wrong: for arms that are the same each but the margin's, else that the difference does not matter. */
const NO_DIFFERENCE = [
  same("errors, 15 %", errorOf(0.15), 0.5),
  same("errors, 15 %, a tenth of the traffic", errorOf(0.15), 0.1),
  same("errors, 2 %", errorOf(0.02), 0.5),
  same("Brier losses", brierOf(0.4), 0.5),
  same("errors, 15 %, with a margin", errorOf(0.15), 0.5, MARGIN),
];
const JUST_RELEVANT: Arms = {
  name: `errors that differ by the margin, ${MARGIN}`,
  first: errorOf(0.15),
  second: errorOf(0.15 + MARGIN),
  share: 0.5,
  margin: MARGIN,
};

export function benchAbTest({ quick }: BenchOptions): Promise<Measured> {
  const [repeats, rows] = quick ? [20, 2_000] : [1_000, 20_000];
  const wrong = NO_DIFFERENCE.map((arms) => falseDecisions(arms, repeats, rows, (it) => it.endsWith("BETTER")));
  wrong.push(falseDecisions(JUST_RELEVANT, repeats, rows, (it) => it !== "CONTINUE" && it !== "FIRST_BETTER"));
  const power = [0.05, 0.1, 0.12, 0.13].map((rate) => powerAt(rate, quick ? 5 : 200));
  const naive = naiveAlarms(repeats, rows) / repeats;
  const figures = [...wrong.map(figureOf), naiveFigure(naive, rows), ...power.flatMap(powerFigures)];
  return Promise.resolve({ figures, detail: { wrong, naive, power } });
}

interface Wrong {
  readonly name: string;
  readonly rows: number;
  readonly repeats: number;
  readonly wrong: number;
  /** By outcome. */
  readonly outcomes: Record<string, number>;
}

function falseDecisions(arms: Arms, repeats: number, rows: number, isWrong: (outcome: string) => boolean): Wrong {
  const outcomes: Record<string, number> = {};
  for (let seed = 0; seed < repeats; seed++) {
    const { outcome } = decided(arms, seed, rows);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  const wrong = Object.entries(outcomes).reduce((sum, [outcome, count]) => sum + (isWrong(outcome) ? count : 0), 0);
  return { name: arms.name, rows, repeats, wrong, outcomes };
}

/** One row at a time, as the traffic sends it, until it is decided or the rows are over. */
function decided({ first, second, share, margin }: Arms, seed: number, rows: number) {
  const random = randomFrom(seedFor(SEED, seed));
  const test = new AbTest({ alpha: ALPHA, margin });
  let row = 0;
  while (row < rows && test.outcome === "CONTINUE") {
    row += 1;
    if (random() < share) test.add([], [second(random)]);
    else test.add([first(random)], []);
  }
  return { outcome: test.outcome, row };
}

/** A z-test of two rates at the same level, looked at after each ten rows of each arm. */
function naiveAlarms(repeats: number, rows: number): number {
  let alarms = 0;
  for (let seed = 0; seed < repeats; seed++) if (naiveAlarm(seed, rows)) alarms += 1;
  return alarms;
}

function naiveAlarm(seed: number, rows: number): boolean {
  const random = randomFrom(seedFor(SEED, seed));
  const draw = errorOf(0.15);
  let [first, second] = [0, 0];
  for (let row = 1; row <= rows / 2; row++) {
    first += draw(random);
    second += draw(random);
    const rate = (first + second) / (2 * row);
    const z = Math.abs(first - second) / Math.sqrt(2 * row * rate * (1 - rate));
    if (row % 10 === 0 && row >= 100 && z > 1.96) return true;
  }
  return false;
}

interface Power {
  readonly rate: number;
  readonly repeats: number;
  readonly rightly: number;
  readonly medianRows: number;
  /** Of a z-test of the same alpha, both arms, that finds it in 80 % of all cases and is looked at once. */
  readonly fixedRows: number;
}

/** An arm of this rate beside one of 15 %. */
function powerAt(rate: number, repeats: number): Power {
  const arms = { name: "", first: errorOf(0.15), second: errorOf(rate), share: 0.5, margin: null };
  const runs = Array.from({ length: repeats }, (_, seed) => decided(arms, seed, 100_000));
  const variance = 0.15 * 0.85 + rate * (1 - rate);
  const fixedRows = Math.ceil((2 * (1.96 + 0.8416) ** 2 * variance) / (0.15 - rate) ** 2);
  const rightly = runs.filter(({ outcome }) => outcome === "SECOND_BETTER").length;
  return { rate, repeats, rightly, medianRows: median(runs.map(({ row }) => row)), fixedRows };
}

function figureOf({ name, rows, repeats, wrong }: Wrong): Figure {
  return {
    work: `wrong decisions in ${rows} rows, ${repeats} times: ${name}`,
    value: round(wrong / repeats),
    unit: "",
    limit: { what: "alpha", value: ALPHA },
    mark: { atMost: 1, times: true },
  };
}

function naiveFigure(value: number, rows: number): Figure {
  return { work: `a z-test looked at as often, ${rows} rows`, value: round(value), unit: "" };
}

function powerFigures({ rate, repeats, rightly, medianRows, fixedRows }: Power): Figure[] {
  const work = `errors of 15 % and ${Math.round(rate * 100)} %`;
  return [
    {
      work: `${work}, rows until decided, median`,
      value: medianRows,
      unit: "",
      limit: { what: "fixed size, 80 % power", value: fixedRows },
    },
    { work: `${work}, decided rightly in 100,000 rows`, value: round(rightly / repeats), unit: "" },
  ];
}
