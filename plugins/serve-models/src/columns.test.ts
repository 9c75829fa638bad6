import { expect, test } from "vitest";
import { columnsOf } from "./columns.ts";

test("a row of several elements is a list, as far as it is kept", () => {
  const specs = [
    { name: "x", datatype: "FP64", width: 1 },
    { name: "pair", datatype: "FP64", width: 2 },
    { name: "most", datatype: "FP64", width: 64 },
    { name: "more", datatype: "FP64", width: 65 },
  ] as const;
  const tensors = new Map(specs.map(({ name, width }) => [name, Array.from({ length: 2 * width }, (_, at) => at)]));
  const { x, pair, most, more } = columnsOf({ rows: 2, tensors }, specs);
  expect({ x, pair, more }).toEqual({
    x: [0, 1],
    pair: [
      [0, 1],
      [2, 3],
    ],
    more: null,
  });
  expect(most).toEqual([expect.objectContaining({ length: 64 }), expect.objectContaining({ 0: 64, length: 64 })]);
});
