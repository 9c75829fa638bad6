import type { ColumnLineage } from "@clew/schema";
import { expect, test } from "vitest";
import { ColumnFlow, type VersionColumns } from "./column-flow.ts";

type Source = ColumnLineage["from"][number];

const from = (column: string, ...sources: Source[]): ColumnLineage => ({
  column,
  from: sources,
  via: "TRANSFORMATION",
  masking: false,
});
const version = (id: string, createdSeq: number, given: Partial<VersionColumns> = {}): VersionColumns => ({
  id,
  asset: `n/${id}`,
  createdSeq,
  inputs: [],
  lineage: [],
  ...given,
});
const as = (role: string, ...ids: string[]) => ids.map((id) => ({ id, role }));

const raw = version("raw", 1);
const clean = version("clean", 2, {
  inputs: as("in", "raw"),
  lineage: [from("b", { input: "in", column: "a" }), from("other", { input: "in", column: "z" })],
});
const model = version("model", 3, {
  inputs: as("train", "clean"),
  lineage: [from("f", { input: "train", column: "b" }), from("g", { input: "train", column: "other" })],
});

const flow = (versions: readonly VersionColumns[], column = "a") => new ColumnFlow(versions, new Set(["raw"]), column);

test("a column leads to the features that come from it, through what lies between", () => {
  // In whichever order they were read.
  for (const versions of [
    [raw, clean, model],
    [model, clean, raw],
  ]) {
    const found = flow(versions);
    expect(found.columns("model")).toEqual(["f"]);
    expect(["raw", "clean", "model", "none"].map((id) => found.uses(id))).toEqual([false, true, true, false]);
    expect(found.columns("raw")).toEqual([]);
    expect(found.untold()).toEqual([]);
    expect(found.way({ version: "model", column: "f" })).toMatchObject([
      { version: "model", column: "f", from: { version: "clean", column: "b" } },
      { version: "clean", column: "b", from: { version: "raw", column: "a" } },
    ]);
  }
  expect(flow([raw, clean, model], "z").columns("model")).toEqual(["g"]);
  expect(flow([raw, clean, model], "unused").columns("model")).toEqual([]);
});

test("a source is meant by its role, and by its dataset where several have the role", () => {
  const twin = version("twin", 1);
  const inputs = as("in", "raw", "twin");
  const uses = (source: Source) =>
    flow([raw, twin, version("m", 5, { inputs, lineage: [from("f", source)] })]).columns("m");
  expect(uses({ input: "in", column: "a" })).toEqual(["f"]);
  expect(uses({ input: "in", dataset: "n/raw", column: "a" })).toEqual(["f"]);
  expect(uses({ input: "in", dataset: "n/twin", column: "a" })).toEqual([]);
  expect(uses({ input: "validate", column: "a" })).toEqual([]);
});

test("of several ways the shortest is told", () => {
  const both = version("m", 5, {
    inputs: [...as("train", "clean"), ...as("join", "raw")],
    lineage: [from("f", { input: "train", column: "b" }, { input: "join", column: "a" })],
  });
  const found = flow([raw, clean, both]);
  expect(found.way({ version: "m", column: "f" })).toMatchObject([{ from: { version: "raw", column: "a" } }]);
});

test("what says nothing of its columns is told of, and hides what is made of it", () => {
  const silent = version("silent", 2, { inputs: as("in", "raw") });
  const derived = version("derived", 2, { inputs: [{ id: "raw" }] });
  const behind = version("m", 3, {
    inputs: as("train", "silent"),
    lineage: [from("f", { input: "train", column: "a" })],
  });
  const apart = version("apart", 4, { inputs: as("in", "elsewhere") });
  const found = flow([raw, silent, derived, behind, apart]);
  expect(found.untold()).toEqual(["silent", "derived"]);
  expect(found.columns("m")).toEqual([]);
});

test("versions that all have the column need say nothing of each other", () => {
  const second = version("second", 2, { inputs: [{ id: "raw" }] });
  const found = new ColumnFlow([raw, second, clean], new Set(["raw", "second"]), "a");
  expect(found.untold()).toEqual([]);
});

test("a chain may be as long as it is", () => {
  const chain = Array.from({ length: 20_000 }, (_, n) =>
    version(`v${n + 1}`, n + 2, {
      inputs: as("in", n === 0 ? "raw" : `v${n}`),
      lineage: [from("a", { input: "in", column: "a" })],
    }),
  );
  const found = flow([...chain.toReversed(), raw]);
  expect(found.columns("v20000")).toEqual(["a"]);
});
