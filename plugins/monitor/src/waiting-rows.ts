import { hash53 } from "@clew/plugin-drift";
import type { Label, Prediction } from "@clew/plugin-sdk";
import type { Answers } from "./answers.ts";
import type { Parameters } from "./parameters.ts";
import { keyText, type PartKey, valuedRows, valuesIn } from "./part.ts";

/** How it went with a label. */
type Joined = "JOINED" | "DUPLICATE" | "CONFLICTING" | "WRONG_ROW" | "BAD";

/** One inference with what each model answered to it. */
interface Waiting {
  readonly priority: number;
  readonly rows: number;
  /** By model, row by row all numbers of its answer; lists, because a typed array of one number takes ten times its room. */
  readonly answers: Map<string, number[]>;
  /** Of the slices, in their order, a value for each row; null until the live answer has come, before which it takes no labels. */
  slices: (string | null)[][] | null;
  /** As the answers' kind has them; NaN where there is none, or it was told that there never will be. */
  readonly labels: number[];
  readonly isLabelled: boolean[];
}

/** Rows of a window with one model's answers and their labels. */
export interface LabelledRows {
  readonly key: PartKey;
  /** Rows that it answered, of those that are kept. */
  readonly answered: number;
  /** Rows that a shadow answered beside, and no live model of the window: they get no labels. */
  readonly unpaired: number;
  readonly labels: Float64Array;
  /** Row by row all numbers of an answer. */
  readonly scores: Float64Array;
  /** The live model's answers to the same rows, for a shadow; NaN where there is none. */
  readonly champion: Float64Array | null;
  /** By slice, a value for each row. */
  readonly slices: readonly (string | null)[][];
}

interface Joining {
  readonly slices: Parameters["slices"];
  readonly answers: Answers;
  readonly sampleRows: number;
}

/**
 * Rows of a window that wait for their labels: those of the inferences whose ids have the least hashes, as many as fit (bottom-k), so that they
 * are a uniform sample, the same one whatever order they come in, and the same for a live model and its shadows.
 */
export class WaitingRows {
  readonly #joining: Joining;
  readonly #held = new Map<string, Waiting>();
  readonly #keys = new Map<string, PartKey>();
  /** Inferences from this hash on are none of the sample. */
  #bound = Number.POSITIVE_INFINITY;
  #rows = 0;
  #unlabelled = 0;
  readonly counts = { duplicate: 0, conflicting: 0, wrongRow: 0, bad: 0, unsampled: 0, withoutValue: 0 };

  constructor(joining: Joining) {
    this.#joining = joining;
  }

  get isSampled(): boolean {
    return this.#bound < Number.POSITIVE_INFINITY;
  }

  /** No label is missing of any row that is kept. */
  get isComplete(): boolean {
    return this.#unlabelled === 0;
  }

  hold(key: PartKey, prediction: Prediction): void {
    const { id, inputs, outputs } = prediction;
    const rows = valuedRows(prediction);
    const priority = hash53(id, 0);
    if (priority >= this.#bound || rows === 0) return;
    const held = this.#held.get(id) ?? this.#begin(id, priority, rows);
    const text = keyText(key);
    this.#keys.set(text, key);
    if (!held.answers.has(text)) held.answers.set(text, this.#scoresIn(outputs, held.rows));
    if (key.mode === "LIVE" && held.slices === null) {
      held.slices = this.#slicesOf(inputs, held.rows);
      this.#unlabelled += held.rows;
    }
    if (this.#rows > 2 * this.#joining.sampleRows) this.trim();
  }

  /** Whether a label that no row has may be of a row that is none of the sample; counts it then. */
  leavesOut({ inference }: Label): boolean {
    if (this.#held.has(inference) || hash53(inference, 0) < this.#bound) return false;
    this.counts.unsampled += 1;
    return true;
  }

  /** Null where no row of this window has it. */
  join({ inference, row, value }: Label): Joined | null {
    const held = this.#held.get(inference);
    if (held === undefined || held.slices === null) return null;
    if (row >= held.rows) return this.#count("wrongRow", "WRONG_ROW");
    const label = value === null ? Number.NaN : this.#joining.answers.labelOf(value);
    if (label === undefined) return this.#count("bad", "BAD");
    if (held.isLabelled[row]) {
      const isSame = Object.is(held.labels[row], label);
      return isSame ? this.#count("duplicate", "DUPLICATE") : this.#count("conflicting", "CONFLICTING");
    }
    if (Number.isNaN(label)) this.counts.withoutValue += 1;
    held.labels[row] = label;
    held.isLabelled[row] = true;
    this.#unlabelled -= 1;
    return "JOINED";
  }

  /** Lets go of the rows that are none of the sample; up to as many again are held before. */
  trim(): void {
    const sorted = [...this.#held].toSorted(([, a], [, b]) => a.priority - b.priority);
    let room = this.#joining.sampleRows;
    for (const [id, { rows, priority, isLabelled, slices }] of sorted) {
      room -= rows;
      if (room >= 0) continue;
      this.#bound = Math.min(this.#bound, priority);
      this.#held.delete(id);
      this.#rows -= rows;
      if (slices !== null) this.#unlabelled -= isLabelled.filter((labelled) => !labelled).length;
    }
  }

  /** By model, in the order of their keys; rows in the order of their inferences' hashes. */
  byModel(): LabelledRows[] {
    this.trim();
    const waiting = [...this.#held.values()].toSorted((a, b) => a.priority - b.priority);
    const lives = [...this.#keys].filter(([, { mode }]) => mode === "LIVE");
    return [...this.#keys]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([text, key]) => {
        const rivals = lives.filter(([, live]) => live.deployment === key.deployment).map(([live]) => live);
        return this.#labelledRows(waiting, text, key, key.mode === "SHADOW" ? rivals : null);
      });
  }

  #labelledRows(
    waiting: readonly Waiting[],
    text: string,
    key: PartKey,
    rivals: readonly string[] | null,
  ): LabelledRows {
    const [labels, scores, champion]: number[][] = [[], [], []];
    const slices: (string | null)[][] = this.#joining.slices.map(() => []);
    const { width } = this.#joining.answers;
    let [answered, unpaired] = [0, 0];
    for (const one of waiting) {
      const answers = one.answers.get(text);
      if (answers === undefined) continue;
      if (one.slices === null) unpaired += one.rows;
      else answered += one.rows;
      const rival = rivals?.map((live) => one.answers.get(live)).find((found) => found !== undefined);
      for (let row = 0; row < one.rows; row++) {
        if (Number.isNaN(one.labels[row]!) || Number.isNaN(answers[row * width]!)) continue;
        labels!.push(one.labels[row]!);
        for (let at = row * width; at < (row + 1) * width; at++) {
          scores!.push(answers[at]!);
          champion!.push(rival?.[at] ?? Number.NaN);
        }
        for (const [index, values] of slices.entries()) values.push(one.slices?.[index]?.[row] ?? null);
      }
    }
    const numbers = (values: number[] | undefined) => Float64Array.from(values!);
    return {
      key,
      answered,
      unpaired,
      labels: numbers(labels),
      scores: numbers(scores),
      champion: rivals === null ? null : numbers(champion),
      slices,
    };
  }

  #begin(id: string, priority: number, rows: number): Waiting {
    const waiting: Waiting = {
      priority,
      rows,
      answers: new Map(),
      slices: null,
      labels: Array<number>(rows).fill(Number.NaN),
      isLabelled: Array<boolean>(rows).fill(false),
    };
    this.#held.set(id, waiting);
    this.#rows += rows;
    return waiting;
  }

  /** NaN for what is no answer. */
  #scoresIn(outputs: Prediction["outputs"], rows: number): number[] {
    const { answers } = this.#joining;
    const values = valuesIn(outputs, answers.column);
    const none = Array<number>(answers.width).fill(Number.NaN);
    return Array.from({ length: rows }, (_, row) => answers.scoresOf(values?.[row]) ?? none).flat();
  }

  #slicesOf(inputs: Prediction["inputs"], rows: number): (string | null)[][] {
    return this.#joining.slices.map(({ name }) => {
      const values = valuesIn(inputs, name);
      return Array.from({ length: rows }, (_, row) => {
        const value = values?.[row] ?? null;
        return value === null ? null : String(value);
      });
    });
  }

  #count(count: keyof WaitingRows["counts"], joined: Joined): Joined {
    this.counts[count] += 1;
    return joined;
  }
}
