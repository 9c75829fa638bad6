import type { z } from "zod";
import { Estimates } from "../../src/evaluation/gates/estimates.ts";
import { CHAMPION, Gate } from "../../src/evaluation/gates/gate-parameters.ts";
import { MODEL, planGate } from "../../src/evaluation/gates/gate-tests.ts";
import { type GateAnswer, answerOf } from "../../src/evaluation/gates/run-gates.ts";
import type { MeasuredRows } from "../../src/evaluation/metric-traits.ts";
import type { RowSlice } from "../../src/evaluation/slice-rows.ts";

export interface Given {
  model: MeasuredRows;
  baseline?: MeasuredRows;
  slices?: RowSlice[];
  resamples?: number;
  seed?: number;
}

/** What a gate answers. */
export async function decided(gate: z.input<typeof Gate>, given: Given): Promise<GateAnswer> {
  const models = new Map([[MODEL as string, given.model]]);
  if (given.baseline !== undefined) models.set(CHAMPION, given.baseline);
  const estimates = new Estimates(models, given.resamples ?? 200);
  const planned = planGate(Gate.parse(gate), given.slices ?? [], estimates);
  await estimates.draw(given.seed ?? 1, new AbortController().signal);
  return answerOf(planned);
}

/** The rows by what they have in a column, as slices of this name. */
export function slicesBy(name: string, values: readonly string[]): RowSlice[] {
  const groups = Map.groupBy(values.keys(), (row) => values[row]!);
  return [...groups].map(([value, rows]) => ({ name, value, where: { [name]: value }, rows: Int32Array.from(rows) }));
}
