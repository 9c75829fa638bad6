import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Table } from "../table.ts";
import { DataSchema } from "./data-schema.ts";
import { SeenRows } from "./seen-rows.ts";
import { widenSchema } from "./widen-schema.ts";

type Cell = number | string | null;

function tableOf(columns: Record<string, Cell[]>): Table {
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, { codes: Int32Array; dictionary: string[] }>();
  for (const [name, cells] of Object.entries(columns)) {
    const dictionary = [...new Set(cells.filter((cell) => typeof cell === "string"))];
    if (name.startsWith("n"))
      numbers.set(
        name,
        Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
      );
    else texts.set(name, { codes: Int32Array.from(cells, (cell) => dictionary.indexOf(String(cell))), dictionary });
  }
  return { rows: Object.values(columns)[0]!.length, numbers, texts };
}

const INPUTS = [
  { name: "port", type: "VARCHAR" },
  { name: "month", type: "INTEGER" },
  { name: "n_gates", type: "BIGINT" },
  { name: "n_load", type: "DOUBLE" },
  { name: "n_holiday", type: "BOOLEAN" },
];
const seen = (...tables: Record<string, Cell[]>[]) => {
  const rows = new SeenRows(INPUTS);
  for (const table of tables) rows.add(tableOf(table));
  return rows.schema();
};
const BOUNDS = { minDomainMass: 0.99 };

test("of numbers their range is known, of categories their values, and where a value always stood", () => {
  const { columns, datasetConstraints } = seen(
    { port: ["B", "A"], month: ["12", "2"], n_gates: [3, 7], n_load: [0.5, null], n_holiday: [0, 1] },
    { port: ["C"], month: [null], n_gates: [-1], n_load: [1 / 3], n_holiday: [1] },
  );
  const always = { minFraction: 1, minCount: 1 };
  const sometimes = { minFraction: 0, minCount: 1 };
  expect(columns).toMatchObject([
    { name: "port", type: "STRING", presence: always, domain: { values: ["A", "B", "C"] }, ...BOUNDS },
    { name: "month", type: "INT", presence: sometimes, domain: { min: 2, max: 12, values: [2, 12] }, ...BOUNDS },
    { name: "n_gates", type: "INT", presence: always, domain: { min: -1, max: 7 }, ...BOUNDS },
    { name: "n_load", type: "FLOAT", presence: sometimes, domain: { min: 0.3333333, max: 0.5 }, ...BOUNDS },
    { name: "n_holiday", type: "BOOL", presence: always },
  ]);
  expect(columns[2]).not.toHaveProperty("domain.values");
  expect(datasetConstraints).not.toHaveProperty("maxDuplicateFraction");
});

test("what was seen lies in the bounds, in whatever type a client sends it", () => {
  const single = Math.fround(0.1);
  const { domain } = seen({ port: ["A"], month: ["1"], n_gates: [1], n_load: [single], n_holiday: [1] }).columns[3] as {
    domain: { min: number; max: number };
  };
  for (const value of [0.1, single]) expect(value >= domain.min && value <= domain.max).toBe(true);
});

const column = (cell: fc.Arbitrary<Cell>) => fc.array(fc.option(cell), { minLength: 1, maxLength: 8 });
const rows = fc.record({
  port: column(fc.constantFrom("A", "B", "C")),
  month: column(fc.integer({ min: 1, max: 12 }).map(String)),
  n_gates: column(fc.integer({ min: -3, max: 3 })),
  // A range that is itself no number has no bounds.
  n_load: column(fc.double({ noNaN: true, min: -8e307, max: 8e307 })),
  n_holiday: column(fc.constantFrom(0, 1)),
});
const even = (columns: Record<string, Cell[]>) => {
  const least = Math.min(...Object.values(columns).map((cells) => cells.length));
  return Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells.slice(0, least)]));
};

test("a schema that is widened by later rows is the one of all rows", () => {
  fc.assert(
    fc.property(rows.map(even), rows.map(even), (before, after) => {
      expect(widenSchema(seen(before), seen(after))).toEqual(seen(before, after));
    }),
  );
});

test("a domain that grows beyond what is listed is none; what only was stated stays", () => {
  const port = (from: number, rest: object = {}) => {
    const cells = Array.from({ length: 60 }, (_, n) => `p${from + n}`);
    return { port: cells, month: cells.map(() => "1"), n_gates: [], n_load: [], n_holiday: [], ...rest };
  };
  const wider = widenSchema(seen(port(0)), seen(port(60)));
  expect(wider.columns[0]).not.toHaveProperty("domain.values");
  expect(wider).toEqual(seen(port(0), port(60)));
  const stated = DataSchema.parse({
    columns: [
      { name: "port", type: "STRING", presence: { minCount: 1 }, domain: { pattern: "p.*", values: ["p1"] } },
      { name: "day", type: "DATE", presence: { minFraction: 1 } },
    ],
  });
  const kept = widenSchema(stated, seen(port(0))).columns;
  expect(kept[0]).toMatchObject({ domain: { pattern: "p.*" }, minDomainMass: 1 });
  expect(kept[1]).toEqual(stated.columns[1]);
});
