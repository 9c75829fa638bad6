import type { Batch, ServableModel, Value } from "@clew/plugin-models";
import { expect, test } from "vitest";
import { MicroBatcher } from "./micro-batcher.ts";

/** Answers each number with itself and its double, and no batch with a missing one; `asked` are the rows of each call. */
function aDoubler(): { model: ServableModel; asked: number[] } {
  const asked: number[] = [];
  const predict = async ({ rows, tensors }: Batch): Promise<Batch> => {
    asked.push(rows);
    const numbers = tensors.get("x") as readonly number[];
    if (numbers.includes(null as never)) throw new Error("there is a number missing");
    return { rows, tensors: new Map([["y", numbers.flatMap((number) => [number, 2 * number])]]) };
  };
  const inputs = [{ name: "x", datatype: "FP64", width: 1, takesMissing: true }] as const;
  const outputs = [{ name: "y", datatype: "FP64", width: 2 }] as const;
  return { model: { platform: "test", inputs, outputs, predict, dispose: () => {} }, asked };
}

const rowsOf = (...x: Value[]): Batch => ({ rows: x.length, tensors: new Map([["x", x]]) });
const answerOf = async (answer: Promise<Batch>) => (await answer).tensors.get("y");

test("requests that come at once go through the model together, and each gets its own rows", async () => {
  const { model, asked } = aDoubler();
  const batcher = new MicroBatcher(model);
  const answers = [rowsOf(1), rowsOf(2, 3), rowsOf(4)].map((batch) => answerOf(batcher.predict(batch)));
  expect(await Promise.all(answers)).toEqual([
    [1, 2],
    [2, 4, 3, 6],
    [4, 8],
  ]);
  expect(asked).toEqual([4]);
});

test("a request that the model cannot answer fails alone", async () => {
  const batcher = new MicroBatcher(aDoubler().model);
  const answers = [rowsOf(1), rowsOf(null), rowsOf(3)].map((batch) => answerOf(batcher.predict(batch)));
  const settled = await Promise.allSettled(answers);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await expect(answers[1]).rejects.toThrow("there is a number missing");
  expect(await answers[2]).toEqual([3, 6]);
  expect(await answerOf(batcher.predict(rowsOf(5)))).toEqual([5, 10]);
});

test("no more rows than fit go together, but for a request of more", async () => {
  const { model, asked } = aDoubler();
  const batcher = new MicroBatcher(model);
  const sizes = [3_000, 1_000, 97, 5_000, 1];
  await Promise.all(sizes.map((rows) => batcher.predict(rowsOf(...Array<number>(rows).fill(1)))));
  expect(asked).toEqual([4_000, 97, 5_000, 1]);
});
