import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Feeder,
  arrow,
  countFrom,
  end,
  hitsOf,
  node,
  pathsBetween,
  walkFrom,
  type MakeGraph,
} from "./lineage-graph.builders.ts";
import { pathTexts } from "./lineage-graph.oracle.ts";
import { type LineageGraph, TimeRanOut, type WalkQuery } from "./lineage-graph.ts";

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const nodes = (...ids: string[]) => ids.map((id) => node(id));
const padded = (i: number) => String(i).padStart(3, "0");

/** What walks, counts and paths answer. */
export function describeLineageReads(makeGraph: MakeGraph): void {
  let graph: LineageGraph;
  let feeder: Feeder;
  let dispose: () => Promise<void>;
  beforeEach(async () => {
    ({ graph, dispose } = await makeGraph());
    feeder = new Feeder(graph);
  });
  afterEach(() => dispose());

  const walk = (start: string, over: Partial<WalkQuery> = {}) => graph.walk(walkFrom(start, over));
  const hits = async (start: string, over: Partial<WalkQuery> = {}) => hitsOf(await walk(start, over));
  const chain = (length: number) =>
    feeder.feed([
      ...range(length).map((i) => node(`c${padded(i)}`)),
      ...range(length - 1).map((i) => arrow(`c${padded(i)}`, `c${padded(i + 1)}`)),
    ]);
  /** `top` used w000, w001, …, and every one of them used `bottom`. */
  const fan = (width: number) => {
    const names = range(width).map((i) => `w${padded(i)}`);
    const arrows = names.flatMap((name) => [arrow("top", name), arrow(name, "bottom")]);
    return feeder.feed([node("top"), node("bottom", "Dataset"), ...names.map((name) => node(name)), ...arrows]);
  };

  it("reaches nothing from an unknown start", async () => {
    await feeder.feed([node("a")]);
    expect(await walk("ghost")).toMatchObject({ hits: [], hasMore: false, partial: [] });
    expect((await graph.count(countFrom("ghost"))).byType).toEqual({});
  });

  it("walks a diamond in both directions: each node once, with every arrow that ties it", async () => {
    await feeder.feed(nodes("a", "b", "c", "d"), [arrow("d", "c"), arrow("d", "b"), arrow("c", "a"), arrow("b", "a")]);
    expect(await hits("d")).toEqual(["b@1", "c@1", "a@2"]);
    expect(await hits("a", { direction: "DOWNSTREAM" })).toEqual(["b@1", "c@1", "d@2"]);
    const up = (await walk("d")).hits[2];
    expect(up?.via.map(({ nearer }) => nearer)).toEqual(["b", "c"]);
    const down = (await walk("a", { direction: "DOWNSTREAM" })).hits[2];
    expect(down?.via.map(({ nearer }) => nearer)).toEqual(["b", "c"]);
  });

  it("gives the shortest distance where ways differ in length, and ties only to nearer nodes", async () => {
    await feeder.feed(nodes("a", "b", "c"), [arrow("c", "b"), arrow("b", "a"), arrow("c", "a")]);
    const result = await walk("c");
    expect(hitsOf(result)).toEqual(["a@1", "b@1"]);
    expect(result.hits[0]?.via).toEqual([{ arrow: "USED", nearer: "c", properties: {} }]);
  });

  it("never counts the start as reached, not even around a circle", async () => {
    await feeder.feed(nodes("a", "b", "c"), [arrow("a", "b"), arrow("b", "c"), arrow("c", "a"), arrow("a", "a")]);
    expect(await walk("a")).toMatchObject({ partial: [] });
    expect(await hits("a")).toEqual(["b@1", "c@2"]);
    expect((await graph.count(countFrom("a"))).byType).toEqual({ Run: 2 });
    expect((await walk("a", { maxDepth: 2 })).partial).toEqual([]);
  });

  it("follows only the arrow types asked for", async () => {
    await feeder.feed(nodes("a", "b", "c"), [arrow("c", "b", "TRIGGERED_BY"), arrow("b", "a")]);
    expect(await hits("c")).toEqual([]);
    expect(await hits("c", { arrows: ["USED", "TRIGGERED_BY"] })).toEqual(["b@1", "a@2"]);
    expect(await walk("c", { arrows: [] })).toMatchObject({ hits: [], partial: [] });
  });

  it("says when deeper nodes exist, and only then", async () => {
    await chain(41);
    const bounded = await walk("c000");
    expect([bounded.hits.length, bounded.partial]).toEqual([32, ["DEPTH"]]);
    expect(await walk("c008")).toMatchObject({ partial: [] });
    expect((await walk("c007")).partial).toEqual(["DEPTH"]);
    expect(await walk("c000", { maxDepth: 1 })).toMatchObject({ hits: [{ id: "c001" }], partial: ["DEPTH"] });
    const counted = await graph.count(countFrom("c000", { maxDepth: 4 }));
    expect(counted).toMatchObject({ byType: { Run: 4 }, partial: ["DEPTH"] });
  });

  it("pages through a wide fan in order", async () => {
    await fan(120);
    const all = await hits("top");
    expect(all).toEqual([...range(120).map((i) => `w${padded(i)}@1`), "bottom@2"]);
    const paged: string[] = [];
    for (let after: WalkQuery["after"] = null, hasMore = true; hasMore; ) {
      const page = await walk("top", { after, limit: 50 });
      paged.push(...hitsOf(page));
      hasMore = page.hasMore;
      after = page.hits.at(-1)!;
    }
    expect(paged).toEqual(all);
    expect(await hits("top", { after: { depth: 2, id: "bottom" } })).toEqual([]);
    expect(await walk("top", { limit: 121 })).toMatchObject({ hasMore: false });
    expect((await walk("top")).hits.at(-1)!.via).toHaveLength(120);
  });

  it("walks through nodes of types that are not asked for", async () => {
    await fan(5);
    expect(await hits("top", { types: ["Dataset"] })).toEqual(["bottom@2"]);
    expect(await hits("top", { types: ["Dataset", "Run"], limit: 2 })).toEqual(["w000@1", "w001@1"]);
    expect(await hits("top", { types: ["Nothing"] })).toEqual([]);
    expect((await graph.count(countFrom("top", { types: ["Dataset"] }))).byType).toEqual({ Dataset: 1 });
  });

  it("stops at the number of nodes, and says so", async () => {
    await fan(60);
    const bounded = await walk("top", { maxNodes: 20 });
    expect(bounded.partial).toEqual(["SIZE"]);
    expect(new Set(hitsOf(bounded)).size).toBe(20);
    expect(bounded.hits.every(({ depth, via }) => depth === 1 && via.length === 1)).toBe(true);
    expect(await graph.count(countFrom("top", { maxNodes: 20 }))).toMatchObject({
      byType: { Run: 20 },
      partial: ["SIZE"],
    });
    expect((await walk("top", { maxNodes: 61 })).partial).toEqual([]);
    expect((await walk("top", { maxNodes: 60 })).partial).toEqual(["SIZE"]);
    expect((await walk("top", { maxNodes: 60, maxDepth: 1 })).partial).toEqual(["DEPTH"]);
  });

  it("pages the same nodes when the number of nodes bounds it", async () => {
    await fan(60);
    const whole = await hits("bottom", { direction: "DOWNSTREAM", maxNodes: 40 });
    const first = await walk("bottom", { direction: "DOWNSTREAM", maxNodes: 40, limit: 25 });
    const second = await walk("bottom", {
      direction: "DOWNSTREAM",
      maxNodes: 40,
      limit: 25,
      after: first.hits.at(-1)!,
    });
    expect([...hitsOf(first), ...hitsOf(second)]).toEqual(whole);
    expect([first.hasMore, second.hasMore, second.hits.length]).toEqual([true, false, 15]);
  });

  it("says when time ran out, and gives only right hits", async () => {
    await layered();
    const late = await walk("l0n0", { timeoutMs: 0.01 });
    expect(late.partial).toEqual(["TIME"]);
    expect(late.hits.every(({ id, depth }) => id.startsWith(`l${depth}n`))).toBe(true);
    expect((await graph.count(countFrom("l0n0", { timeoutMs: 0.01 }))).partial).toEqual(["TIME"]);
    const paths = graph.paths(pathsBetween("l0n0", "l4n0", { timeoutMs: 0.01 }));
    await expect(paths).rejects.toBeInstanceOf(TimeRanOut);
    expect((await graph.count(countFrom("l0n0"))).byType).toEqual({ Run: 2000 });
  });

  it("stops when the caller goes away", async () => {
    await layered();
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(walk("l0n0", { signal })).rejects.toThrow("gone");
    await expect(graph.count(countFrom("l0n0", { signal }))).rejects.toThrow("gone");
    await expect(graph.paths(pathsBetween("l0n0", "l4n0", { signal }))).rejects.toThrow("gone");
    expect((await walk("l0n0", { limit: 1 })).partial).toEqual([]);
  });

  /** Four layers of 500 nodes below `l0n0`, each node tied to 20 of the next layer. */
  async function layered(): Promise<void> {
    const names = [1, 2, 3, 4].map((layer) => range(500).map((i) => `l${layer}n${i}`));
    await feeder.feed([node("l0n0"), ...names.flat().map((name) => node(name))]);
    await feeder.feed((names[0] ?? []).map((name) => arrow("l0n0", name)));
    for (const [layer, froms] of names.slice(0, -1).entries())
      await feeder.feed(
        froms.flatMap((from, i) => range(20).map((k) => arrow(from, `l${layer + 2}n${(i * 7 + k) % 500}`))),
      );
  }

  describe("as of a time or an entry", () => {
    beforeEach(async () => {
      await feeder.apply([
        { seq: 1, at: 100, changes: [node("d"), node("m1"), node("m2")] },
        { seq: 2, at: 1000, changes: [arrow("d", "m1", "SERVES", { weight: 1 })] },
        { seq: 3, at: 2000, changes: [end("d", "m1", "SERVES"), arrow("d", "m2", "SERVES", { weight: 1 })] },
        { seq: 4, at: 3000, changes: [end("d", "m2", "SERVES"), arrow("d", "m1", "SERVES", { weight: 0.5 })] },
      ]);
    });
    const served = (asOf: WalkQuery["asOf"]) => hits("d", { arrows: ["SERVES"], asOf });

    it("sees what is true now", async () => {
      expect(await served({})).toEqual(["m1@1"]);
      expect((await walk("d", { arrows: ["SERVES"] })).hits[0]?.via).toMatchObject([{ properties: { weight: 0.5 } }]);
    });

    it.each([
      [999, []],
      [1000, ["m1@1"]],
      [1999, ["m1@1"]],
      [2000, ["m2@1"]],
      [2999, ["m2@1"]],
      [3000, ["m1@1"]],
    ])("sees what was true at %i", async (at, expected) => {
      expect(await served({ at })).toEqual(expected);
    });

    it.each([
      [1, []],
      [2, ["m1@1"]],
      [3, ["m2@1"]],
      [4, ["m1@1"]],
    ])("sees what was known after entry %i", async (knownSeq, expected) => {
      expect(await served({ knownSeq })).toEqual(expected);
    });

    it("tells apart what was true and what was known then", async () => {
      expect(await served({ at: 2500, knownSeq: 2 })).toEqual(["m1@1"]);
      expect(await served({ at: 1500, knownSeq: 4 })).toEqual(["m1@1"]);
      expect(await served({ at: 2500, knownSeq: 4 })).toEqual(["m2@1"]);
    });

    it("bounds counts and paths too", async () => {
      const asOf = { at: 2500 };
      expect((await graph.count(countFrom("d", { arrows: ["SERVES"], asOf, types: ["Run"] }))).byType).toEqual({
        Run: 1,
      });
      expect(await graph.paths(pathsBetween("d", "m1", { asOf }))).toEqual([]);
      expect(await graph.paths(pathsBetween("d", "m2", { asOf }))).toHaveLength(1);
    });
  });

  it("keeps integers exact that 32 bits do not hold", async () => {
    const [seq, at] = [5_000_000_001, 1_799_999_999_999];
    await feeder.apply([
      { seq, at, changes: [node("a"), node("b", "Run", { big: 9_007_199_254_740_991 }), arrow("b", "a", "USED")] },
      { seq: seq + 1, at: at + 1, changes: [node("c"), arrow("b", "c", "USED", { weight: 9_007_199_254_740_991 })] },
    ]);
    expect((await graph.position())!.seq).toBe(seq + 1);
    expect(await hits("b", { asOf: { at } })).toEqual(["a@1"]);
    expect(await hits("b", { asOf: { at: at - 1 } })).toEqual([]);
    expect(await hits("b", { asOf: { knownSeq: seq } })).toEqual(["a@1"]);
    expect((await walk("b")).hits[1]?.via[0]?.properties.weight).toBe(9_007_199_254_740_991);
  });

  describe("paths", () => {
    const paths = async (from: string, to: string, over = {}) =>
      pathTexts(await graph.paths(pathsBetween(from, to, over)));

    it("finds every shortest one, upstream only", async () => {
      await feeder.feed(nodes("a", "b", "c", "d"), [
        arrow("d", "c"),
        arrow("d", "b", "PART_OF"),
        arrow("c", "a"),
        arrow("b", "a"),
      ]);
      expect(await paths("d", "a")).toEqual(["d PART_OF b USED a ", "d USED c USED a "]);
      expect(await paths("a", "d")).toEqual([]);
      expect(await paths("d", "a", { limit: 1 })).toHaveLength(1);
      expect(await paths("d", "a", { maxDepth: 1 })).toEqual([]);
      expect(await paths("d", "a", { arrows: ["USED"] })).toEqual(["d USED c USED a "]);
    });

    it("has none for unknown nodes, nor from a node to itself", async () => {
      await feeder.feed([node("a")]);
      expect([await paths("a", "ghost"), await paths("ghost", "a"), await paths("a", "a")]).toEqual([[], [], []]);
    });

    it("takes arrows that differ in role as one step, in type as two", async () => {
      await feeder.feed([
        node("a"),
        node("b"),
        arrow("b", "a"),
        arrow("b", "a", "USED", { role: "x" }),
        arrow("b", "a", "DERIVED_FROM"),
      ]);
      const found = await graph.paths(pathsBetween("b", "a"));
      expect(found.map(({ arrows }) => arrows.join()).toSorted()).toEqual(["DERIVED_FROM", "USED"]);
    });

    it("gives no more than the limit where there are very many", async () => {
      const rungs = range(12).flatMap((i) => [
        arrow(`j${i}`, `x${i}`),
        arrow(`j${i}`, `y${i}`),
        arrow(`x${i}`, `j${i + 1}`),
        arrow(`y${i}`, `j${i + 1}`),
      ]);
      const ids = [...range(13).map((i) => `j${i}`), ...range(12).flatMap((i) => [`x${i}`, `y${i}`])];
      await feeder.feed([...nodes(...ids), ...rungs]);
      const found = await graph.paths(pathsBetween("j0", "j12", { limit: 7 }));
      expect(new Set(pathTexts(found)).size).toBe(7);
      expect(found.every(({ nodes, arrows }) => nodes.length === 25 && arrows.length === 24)).toBe(true);
    });
  });
}
