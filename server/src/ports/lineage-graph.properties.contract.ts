import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ArrowType } from "../core/arrows.ts";
import type { EntryChanges, GraphChange } from "../core/graph-change.ts";
import { countFrom, node, pathsBetween, positionAt, walkFrom, type MakeGraph } from "./lineage-graph.builders.ts";
import { Oracle, pathTexts } from "./lineage-graph.oracle.ts";
import type { Depth, Hit, LineageGraph, WalkQuery } from "./lineage-graph.ts";

const NODES = 16;
const TYPES = ["Run", "ModelVersion", "DatasetVersion"];
const ARROWS: readonly ArrowType[] = ["USED", "GENERATED_BY", "DERIVED_FROM", "SERVES"];
const idOf = (n: number) => `n${String(n).padStart(2, "0")}`;
const typeOf = (n: number) => TYPES[n % TYPES.length] ?? "";

interface Operation {
  readonly op: "arrow" | "end";
  readonly from: number;
  readonly to: number;
  readonly type: ArrowType;
  readonly role: string;
}

const index = fc.nat(NODES - 1);
/** Arrows mostly run from a later to an earlier node; a few do not, so that circles are met as well. */
const operation: fc.Arbitrary<Operation> = fc
  .record({
    op: fc.constantFrom<Operation["op"]>("arrow", "arrow", "arrow", "end"),
    pair: fc.tuple(index, index),
    isBackward: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
    type: fc.constantFrom(...ARROWS),
    role: fc.constantFrom("", "train", "test"),
  })
  .map(({ pair: [a, b], isBackward, ...rest }) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    return { ...rest, from: isBackward ? low : high, to: isBackward ? high : low };
  });

const used = (from: number, to: number): Operation => ({ op: "arrow", from, to, type: "USED", role: "" });
const steps = Array.from({ length: NODES - 1 }, (_, i) => i);
/** What a random graph grows on: nothing, a chain, a fan, or diamonds in a row. */
const shape = fc.constantFrom<Operation[]>(
  [],
  steps.map((i) => used(i + 1, i)),
  steps.map((i) => used(NODES - 1, i)),
  steps.flatMap((i) =>
    i % 3 === 0 && i + 3 < NODES ? [used(i + 3, i + 1), used(i + 3, i + 2), used(i + 1, i), used(i + 2, i)] : [],
  ),
);

interface History {
  readonly batches: readonly (readonly EntryChanges[])[];
  readonly lastSeq: number;
}

/** Entries in batches; times run forwards and backwards, as facts may be recorded late. */
const history: fc.Arbitrary<History> = fc
  .record({
    base: shape,
    entries: fc.array(fc.record({ at: fc.nat(20), operations: fc.array(operation, { maxLength: 6 }) }), {
      minLength: 1,
      maxLength: 10,
    }),
    batchSize: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ base, entries, batchSize }) => {
    const known = new Set<number>();
    const all = [{ at: 5, operations: base }, ...entries].map(({ at, operations }, i) => ({
      seq: i + 1,
      at,
      changes: operations.flatMap((one) => changesOf(one, known)),
    }));
    const batches = all.flatMap((_, i) => (i % batchSize === 0 ? [all.slice(i, i + batchSize)] : []));
    return { batches, lastSeq: all.length };
  });

function changesOf({ op, role, type, ...ends }: Operation, known: Set<number>): GraphChange[] {
  const fresh = [ends.from, ends.to].filter((n) => !known.has(n));
  for (const n of fresh) known.add(n);
  const nodes = fresh.map((n) => node(idOf(n), typeOf(n), { n }));
  const change = { type, from: idOf(ends.from), to: idOf(ends.to) };
  return [...nodes, op === "end" ? { op, ...change } : { op, ...change, properties: role === "" ? {} : { role } }];
}

/** Few arrow sets and depths: each pair is a statement that Neo4j has to plan first. */
const question = fc.record({
  start: index.map(idOf),
  target: index.map(idOf),
  direction: fc.constantFrom<WalkQuery["direction"]>("UPSTREAM", "DOWNSTREAM"),
  arrows: fc.constantFrom<readonly ArrowType[]>(ARROWS, ARROWS.slice(0, 1), ARROWS.slice(1)),
  maxDepth: fc.constantFrom<Depth>(1, 3, 8),
  types: fc.subarray(TYPES, { maxLength: 2 }),
  asOf: fc.record({ at: fc.nat(20), knownSeq: fc.nat(12) }, { requiredKeys: [] }),
  limit: fc.integer({ min: 1, max: 6 }),
});
type Question = typeof question extends fc.Arbitrary<infer Q> ? Q : never;

/** Random graphs, asked random questions, answered as the oracle answers them. */
export function describeLineageProperties(makeGraph: MakeGraph, runs: number): void {
  describe("random graphs", () => {
    it("answers as the oracle does", { timeout: 600_000 }, async () => {
      const { graph, dispose } = await makeGraph();
      const questions = fc.array(question, { minLength: 6, maxLength: 6 });
      const property = fc.asyncProperty(history, questions, async (past, asked) => {
        const oracle = await replay(graph, past);
        for (const one of asked) await compare(graph, oracle, one);
      });
      try {
        await fc.assert(property, { numRuns: runs });
      } finally {
        await dispose();
      }
    });
  });
}

async function replay(graph: LineageGraph, { batches }: History): Promise<Oracle> {
  await graph.reset();
  const oracle = new Oracle();
  let seq = 0;
  for (const batch of batches) {
    const to = batch.at(-1)!.seq;
    await graph.apply(batch, positionAt(seq), positionAt(to));
    oracle.apply(batch);
    seq = to;
  }
  return oracle;
}

async function compare(graph: LineageGraph, oracle: Oracle, { target, limit, ...query }: Question): Promise<void> {
  const expected = oracle.walk(query);
  const partial = expected.isDeeper ? ["DEPTH"] : [];
  expect(await allPages(graph, { ...query, limit })).toEqual({ hits: expected.hits, partial });
  expect(await graph.count(countFrom(query.start, query))).toMatchObject({ byType: oracle.count(query), partial });
  const between = pathsBetween(query.start, target, query);
  expect(pathTexts(await graph.paths({ ...between, limit: 10_000 }))).toEqual(oracle.paths(between));
}

async function allPages(graph: LineageGraph, query: Partial<WalkQuery> & Pick<WalkQuery, "start">) {
  const hits: Hit[] = [];
  for (let after: WalkQuery["after"] = null; ; after = hits.at(-1)!) {
    const page = await graph.walk(walkFrom(query.start, { ...query, after }));
    hits.push(...page.hits);
    if (!page.hasMore) return { hits, partial: page.partial };
  }
}
