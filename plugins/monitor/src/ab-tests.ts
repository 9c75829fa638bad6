import { AbState, AbTest, BLOCK_ROWS } from "@clew/plugin-ab-test";
import { z } from "zod";
import { abReport, type AbWindow, type Arm } from "./ab-report.ts";
import type { Say } from "./findings.ts";
import { tokenOf } from "./part.ts";
import type { AbSettings } from "./settings.ts";
import type { LabelledRows } from "./waiting-rows.ts";
import type { Window } from "./window.ts";

/** Deployments whose tests are kept; what is kept must fit into 4,096 characters. */
const TESTS_MAX = 3;
const ARMS_MAX = 2;

/** A deployment's test: its live models in the order of their ids, and what their outcomes came to. */
const KeptTest = z.strictObject({
  deployment: z.string(),
  /** Rows that each has answered, labelled or not. */
  arms: z.array(z.strictObject({ model: z.string(), answered: z.number().int() })).max(ARMS_MAX + 1),
  /** Null where there are more than two. */
  state: AbState.nullable(),
});
type KeptTest = z.output<typeof KeptTest>;
type Running = KeptTest & { readonly state: AbState };

const KeptTests = z.strictObject({
  /** The place of the last window that was added; null at first. */
  through: z.number().nullable(),
  /** The one that was added to last at the end. */
  tests: z.array(KeptTest),
});

/** What one window shows of a model of a deployment. */
interface Shown extends Arm {
  readonly losses: Float64Array;
}

/** A window's labelled rows, without all else that it holds: it may wait long for an earlier one. */
interface Settled extends AbWindow {
  readonly place: number;
  readonly shown: ReadonlyMap<string, readonly Shown[]>;
}

export interface AbTestsOptions {
  readonly settings: AbSettings;
  /** The model version that others are held against, where it is one of two. */
  readonly champion: string | null;
  readonly say: Pick<Say, "report" | "log">;
}

/**
 * Tests of the deployments that divide their traffic between two models: each window's labelled rows are added in the windows' order, whichever has
 * its labels first, until it is decided. What is kept says where it stands: an attempt that goes on from there decides the same at the same row.
 */
export class AbTests {
  readonly #options: AbTestsOptions;
  /** Those that have their labels, and wait for earlier ones. */
  #waiting: readonly Settled[] = [];
  #through: number | null = null;
  #tests: KeptTest[] = [];

  constructor(options: AbTestsOptions) {
    this.#options = options;
  }

  /** Goes on from what an attempt before has kept. */
  resume(kept: string): void {
    const { through, tests } = KeptTests.parse(JSON.parse(kept));
    this.#through = through;
    this.#tests = tests;
  }

  get kept(): string {
    return JSON.stringify({ through: this.#through, tests: this.#tests } satisfies z.input<typeof KeptTests>);
  }

  /** Told of a window that waits for labels no longer. */
  take(window: Window, rows: readonly LabelledRows[]): void {
    if (window.place <= (this.#through ?? -1)) return;
    const { name, place, startMs, endMs } = window;
    const shown = shownIn(window, rows, this.#options.settings);
    this.#waiting = [...this.#waiting, { name, place, startMs, endMs, isSample: window.waiting!.isSampled, shown }];
  }

  /** Adds the windows before which none is open. */
  advance(open: Iterable<Window>): void {
    const before = Math.min(...[...open].map(({ place }) => place));
    const next = this.#waiting.filter(({ place }) => place < before);
    this.#waiting = this.#waiting.filter(({ place }) => place >= before);
    for (const window of next.toSorted((a, b) => a.place - b.place)) {
      this.#through = window.place;
      for (const [deployment, models] of window.shown) this.#add(window, deployment, models);
    }
  }

  #add(window: AbWindow, deployment: string, shown: readonly Shown[]): void {
    const known = this.#tests.find((test) => test.deployment === deployment);
    if (known === undefined && shown.length < 2) return;
    const before = known ?? { deployment, arms: [], state: new AbTest(this.#options.settings.options).state };
    const test = { ...before, arms: joined(before.arms, shown).slice(0, ARMS_MAX + 1) };
    this.#tests = [
      ...this.#tests.filter((one) => one !== known),
      { ...test, state: this.#next(window, test, shown) },
    ].slice(-TESTS_MAX);
  }

  /** What is decided stays so. */
  #next(window: AbWindow, test: KeptTest, shown: readonly Shown[]): AbState | null {
    const { deployment, arms, state } = test;
    if (state === null || state.decided !== null) return state;
    if (arms.length <= ARMS_MAX) return this.#added(window, { ...test, state }, shown);
    this.#say(`${deployment} has more than two live models: there is no A/B test of it`);
    return null;
  }

  /** The test's state with the window's rows, which is reported where there are any. */
  #added(window: AbWindow, { deployment, arms, state }: Running, shown: readonly Shown[]): AbState {
    const { settings, champion, say } = this.#options;
    const test = new AbTest(settings.options, state);
    const [first, second] = arms.map(({ model }) => lossesOf(shown, model)) as [Float64Array, Float64Array];
    addInBlocks(test, first, second);
    if (first.length + second.length === 0) return test.state;
    const report = abReport({ deployment, arms, reading: test.read(), window, settings, champion });
    say.report(`ab-${tokenOf(deployment)}-${window.name}`, report);
    if (test.outcome !== "CONTINUE")
      this.#say(`the A/B test of ${deployment} is decided: ${report.rules![0]!.message}`);
    return test.state;
  }

  #say(message: string): void {
    this.#options.say.log.info(message);
  }
}

/** By deployment its live models that have answered, in the order of their ids. */
function shownIn(
  window: Window,
  rows: readonly LabelledRows[],
  settings: AbSettings,
): ReadonlyMap<string, readonly Shown[]> {
  const live = window.parts.filter(
    ({ key, rows: answered }) => key.mode === "LIVE" && key.model !== null && answered > 0,
  );
  const byDeployment = Map.groupBy(live, ({ key }) => key.deployment);
  const shown = [...byDeployment].map(([deployment, parts]) => {
    const models = parts.map(({ key, rows: answered }) => {
      const own = rows.find(({ key: { mode, model, ...one } }) => {
        return mode === "LIVE" && model === key.model && one.deployment === deployment;
      });
      return { model: key.model!, answered, losses: own === undefined ? new Float64Array(0) : settings.losses(own) };
    });
    return [deployment, models] as const;
  });
  return new Map(shown);
}

function joined(known: readonly Arm[], shown: readonly Arm[]): Arm[] {
  const answered = new Map<string, number>();
  for (const { model, answered: rows } of [...known, ...shown]) answered.set(model, (answered.get(model) ?? 0) + rows);
  return [...answered]
    .map(([model, rows]) => ({ model, answered: rows }))
    .toSorted((a, b) => (a.model < b.model ? -1 : 1));
}

function lossesOf(shown: readonly Shown[], model: string): Float64Array {
  return shown.find((one) => one.model === model)?.losses ?? new Float64Array(0);
}

/** Rows are in the order of their inferences' hashes, which outcomes have no part in: many small blocks need fewer rows than a window in one. */
function addInBlocks(test: AbTest, first: Float64Array, second: Float64Array): void {
  const blocks = Math.max(1, Math.floor(Math.min(first.length, second.length) / BLOCK_ROWS));
  const part = (rows: Float64Array, n: number) =>
    rows.subarray(Math.floor((n * rows.length) / blocks), Math.floor(((n + 1) * rows.length) / blocks));
  for (let n = 0; n < blocks; n++) test.add(part(first, n), part(second, n));
}
