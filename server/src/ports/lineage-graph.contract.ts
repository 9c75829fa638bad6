import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Feeder,
  arrow,
  end,
  entriesOf,
  hitsOf,
  node,
  positionAt,
  walkFrom,
  type ContractGraph,
  type MakeGraph,
} from "./lineage-graph.builders.ts";
import { describeLineageReads } from "./lineage-graph.reads.contract.ts";
import { describeLineageProperties } from "./lineage-graph.properties.contract.ts";
import { type LineageGraph, MissingEndpoint, NOWHERE, PositionMismatch } from "./lineage-graph.ts";

/** What every lineage graph has to do. `runs` is how many random graphs it is tried with. */
export function describeLineageGraph(name: string, makeGraph: MakeGraph, { runs = 150 }: { runs?: number } = {}): void {
  describe(`${name} as a lineage graph`, () => {
    describeWrites(makeGraph);
    describeLineageReads(makeGraph);
    describeLineageProperties(makeGraph, runs);
  });
}

function describeWrites(makeGraph: MakeGraph): void {
  let made: ContractGraph;
  let graph: LineageGraph;
  let feeder: Feeder;
  beforeEach(async () => {
    made = await makeGraph();
    graph = made.graph;
    feeder = new Feeder(graph);
  });
  afterEach(() => made.dispose());

  const upstreamOf = async (id: string) => hitsOf(await graph.walk(walkFrom(id)));

  it("stands nowhere while it is empty, then at the last entry", async () => {
    expect(await graph.position()).toBeNull();
    expect((await graph.walk(walkFrom("a"))).position).toEqual(NOWHERE);
    await feeder.feed([node("a")], [node("b")]);
    expect(await graph.position()).toEqual(positionAt(2));
    expect((await graph.walk(walkFrom("a"))).position).toEqual(positionAt(2));
  });

  it("applies batch after batch, each from where the graph stands", async () => {
    await feeder.feed([node("a")]);
    await feeder.feed([node("b"), arrow("b", "a")], [node("c"), arrow("c", "b")]);
    expect(await upstreamOf("c")).toEqual(["b@1", "a@2"]);
  });

  it("moves its position although a batch changes nothing", async () => {
    await feeder.feed([node("a")]);
    await feeder.feed([], []);
    expect(await graph.position()).toEqual(positionAt(3));
  });

  it.each([
    ["a later entry", positionAt(2)],
    ["an earlier entry", positionAt(0)],
    ["another ledger", { ...positionAt(1), ledgerId: "other" }],
    ["another leaf", { ...positionAt(1), leafHash: "ff" }],
  ])("refuses a batch that comes from %s, whole", async (_case, from) => {
    await feeder.feed([node("a")]);
    const batch = entriesOf(2, [[node("b"), arrow("b", "a")]]);
    const refusal = await graph.apply(batch, from, positionAt(2)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PositionMismatch);
    expect((refusal as PositionMismatch).found).toEqual(positionAt(1));
    expect(await upstreamOf("b")).toEqual([]);
    expect(await graph.position()).toEqual(positionAt(1));
  });

  it("refuses to begin in the middle of a ledger", async () => {
    const refusal = graph.apply(entriesOf(4, [[node("a")]]), positionAt(3), positionAt(4));
    await expect(refusal).rejects.toMatchObject({ found: null, expected: positionAt(3) });
    expect(await graph.position()).toBeNull();
  });

  it("lets one of two that apply the same batch win", async () => {
    await feeder.feed([node("a")]);
    for (let seq = 2; seq <= 11; seq++) {
      const batch = entriesOf(seq, [[node(`n${seq}`), arrow(`n${seq}`, "a")]]);
      const tries = [1, 2, 3].map(() => graph.apply(batch, positionAt(seq - 1), positionAt(seq)));
      const outcomes = await Promise.allSettled(tries);
      const refusals = outcomes
        .filter((outcome) => outcome.status === "rejected")
        .map(({ reason }) => reason as unknown);
      expect(refusals).toEqual([expect.any(PositionMismatch), expect.any(PositionMismatch)]);
      const [hit] = (await graph.walk(walkFrom(`n${seq}`))).hits;
      expect(hit?.via).toHaveLength(1);
    }
  });

  it.each([
    ["source", arrow("ghost", "a")],
    ["target", arrow("a", "ghost")],
  ])("refuses a batch with an arrow whose %s does not exist, whole", async (_case, bad) => {
    await feeder.feed([node("a")]);
    const batch = [[node("b"), arrow("b", "a")], [bad]];
    await expect(feeder.feed(...batch)).rejects.toBeInstanceOf(MissingEndpoint);
    await expect(feeder.feed(...batch)).rejects.toThrow("ghost");
    expect(await graph.position()).toEqual(positionAt(1));
    await expect(feeder.feed([arrow("a", "b")])).rejects.toBeInstanceOf(MissingEndpoint);
    await feeder.feed([node("c"), arrow("c", "a")]);
    expect(await upstreamOf("c")).toEqual(["a@1"]);
  });

  it("draws an arrow to a node that the same batch makes later", async () => {
    await feeder.feed([node("a"), arrow("a", "b")], [node("b")]);
    expect(await upstreamOf("a")).toEqual(["b@1"]);
  });

  it("sets attributes of a node that exists and leaves its arrows", async () => {
    await feeder.feed([node("a", "Model", { name: "m", stage: null }), node("b"), arrow("b", "a")]);
    await feeder.feed(
      [node("a", "Model", { stage: "live" })],
      [node("a", "Model", { nested: { x: [1] }, tags: ["t"] })],
    );
    expect((await graph.walk(walkFrom("b"))).hits).toMatchObject([{ id: "a", type: "Model" }]);
  });

  it("takes an arrow drawn twice as one, and the first drawing counts", async () => {
    const first = arrow("b", "a", "SERVES", { role: "champion", weight: 0.25 });
    await feeder.feed([node("a"), node("b"), first, first]);
    await feeder.feed([{ ...first, properties: { role: "champion", weight: 0.75 } }]);
    const { hits } = await graph.walk(walkFrom("b", { arrows: ["SERVES"] }));
    expect(hits[0]?.via).toEqual([{ arrow: "SERVES", nearer: "b", properties: { role: "champion", weight: 0.25 } }]);
  });

  it("keeps arrows of another type or role apart", async () => {
    await feeder.feed([node("a"), node("b"), arrow("b", "a"), arrow("b", "a", "USED", { role: "train" })]);
    await feeder.feed([arrow("b", "a", "USED", { role: "test" }), arrow("b", "a", "DERIVED_FROM")]);
    const [hit] = (await graph.walk(walkFrom("b"))).hits;
    expect(hit?.via.map((via) => `${via.arrow} ${via.properties.role ?? ""}`)).toEqual([
      "DERIVED_FROM ",
      "USED ",
      "USED test",
      "USED train",
    ]);
  });

  it("ends every role of an arrow type, and nothing else", async () => {
    await feeder.feed([node("a"), node("b"), arrow("b", "a", "USED", { role: "x" }), arrow("b", "a")]);
    await feeder.feed([arrow("b", "a", "DERIVED_FROM"), end("b", "a")]);
    const [hit] = (await graph.walk(walkFrom("b"))).hits;
    expect(hit?.via).toEqual([{ arrow: "DERIVED_FROM", nearer: "b", properties: {} }]);
  });

  it("draws an ended arrow anew, also within one batch", async () => {
    await feeder.feed([node("a"), node("b"), arrow("b", "a")]);
    await feeder.feed([end("b", "a"), arrow("b", "a", "USED", { role: "again" })]);
    expect((await graph.walk(walkFrom("b"))).hits[0]?.via).toMatchObject([{ properties: { role: "again" } }]);
    await feeder.feed([arrow("b", "a"), end("b", "a"), arrow("b", "a"), end("b", "a")]);
    expect(await upstreamOf("b")).toEqual([]);
  });

  it("takes an ending of what is not there as nothing", async () => {
    await feeder.feed([node("a"), node("b"), arrow("b", "a")]);
    await feeder.feed([end("a", "b"), end("b", "ghost"), end("b", "a", "SERVES")]);
    expect(await upstreamOf("b")).toEqual(["a@1"]);
  });

  it("is empty after a reset, and can be filled again", async () => {
    await feeder.feed([node("a"), node("b"), arrow("b", "a")]);
    await graph.reset();
    expect(await graph.position()).toBeNull();
    expect(await upstreamOf("b")).toEqual([]);
    const again = new Feeder(graph);
    await expect(again.feed([arrow("b", "a")])).rejects.toBeInstanceOf(MissingEndpoint);
    await again.feed([node("a"), node("b")]);
    expect(await upstreamOf("b")).toEqual([]);
  });
}
