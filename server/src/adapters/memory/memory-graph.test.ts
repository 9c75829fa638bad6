import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentId, timeId } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Feeder, arrow, countFrom, end, node, positionAt, walkFrom } from "../../ports/lineage-graph.builders.ts";
import { describeLineageGraph } from "../../ports/lineage-graph.contract.ts";
import { GraphInUse, type MemoryGraph, openMemoryGraph } from "./index.ts";

describeLineageGraph("memory", () => {
  const graph = openMemoryGraph();
  return Promise.resolve({ graph, dispose: () => graph.close() });
});

describe("a long walk in memory", () => {
  /** One million arrows: far more than is walked before the event loop gets its turn. */
  async function big(): Promise<{ graph: MemoryGraph; feeder: Feeder }> {
    const graph = openMemoryGraph();
    const feeder = new Feeder(graph);
    const middle = Array.from({ length: 500_000 }, (_, i) => `m${i}`);
    await feeder.feed([node("top"), node("bottom"), ...middle.map((id) => node(id))]);
    await feeder.feed(middle.flatMap((id) => [arrow("top", id), arrow(id, "bottom")]));
    return { graph, feeder };
  }

  it("ends when the caller goes away, and does not see what is applied meanwhile", async () => {
    const { graph, feeder } = await big();
    const caller = new AbortController();
    const abandoned = graph.count(countFrom("top", { maxNodes: 1_000_000, signal: caller.signal }));
    const counted = graph.count(countFrom("top", { maxNodes: 1_000_000 }));
    caller.abort(new Error("gone"));
    await feeder.feed([node("late"), arrow("top", "late"), end("m499999", "bottom"), arrow("bottom", "late")]);
    await expect(abandoned).rejects.toThrow("gone");
    expect(await counted).toEqual({ byType: { Run: 500_001 }, partial: [], position: positionAt(2) });
    expect((await graph.count(countFrom("top", { maxNodes: 1_000_000 }))).byType).toEqual({ Run: 500_002 });
  });
});

describe("the snapshot of a memory graph", () => {
  let folder: string;
  let snapshotFile: string;
  let heard: string[];
  const open = () => openMemoryGraph({ snapshotFile, log: (message) => heard.push(message) });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "clew-graph-"));
    snapshotFile = join(folder, "graph.snapshot");
    heard = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function saved(): Promise<void> {
    const graph = open();
    const feeder = new Feeder(graph);
    await feeder.feed([node("a", "Dataset"), node("b"), node("c", "Model")]);
    await feeder.feed([
      arrow("c", "b", "USED", { role: "train" }),
      arrow("c", "a", "SERVES", { weight: 0.5, mode: "canary" }),
    ]);
    await feeder.feed([arrow("b", "a"), end("c", "b")], [arrow("c", "b", "USED", { role: "again" })]);
    await graph.saveSnapshot();
    await graph.close();
  }
  const everything = walkFrom("c", { arrows: ["USED", "SERVES"] });

  it("gives the same answers after a start, and goes on from its position", async () => {
    await saved();
    const graph = open();
    expect(heard).toEqual([]);
    expect(await graph.position()).toEqual(positionAt(4));
    expect((await graph.walk(everything)).hits).toEqual([
      {
        id: "a",
        type: "Dataset",
        depth: 1,
        via: [{ arrow: "SERVES", nearer: "c", properties: { weight: 0.5, mode: "canary" } }],
      },
      { id: "b", type: "Run", depth: 1, via: [{ arrow: "USED", nearer: "c", properties: { role: "again" } }] },
    ]);
    const before = await graph.walk({ ...everything, asOf: { knownSeq: 2 } });
    expect(before.hits[1]?.via).toMatchObject([{ properties: { role: "train" } }]);
    const feeder = new Feeder(graph);
    feeder.seq = 4;
    await feeder.feed([arrow("c", "b", "USED", { role: "again" }), node("d"), arrow("d", "c")]);
    expect((await graph.walk({ ...everything, start: "d" })).hits.map(({ via }) => via.length)).toEqual([1, 1, 1]);
    await graph.close();
  });

  it("knows ids of every form after a start", async () => {
    const ids = ["plain", contentId("Model", "m"), timeId("Run"), `Run:${"0123456789abcdef".repeat(2)}`];
    const graph = open();
    const feeder = new Feeder(graph);
    await feeder.feed([node("start"), ...ids.map((id) => node(id)), ...ids.map((id) => arrow("start", id))]);
    await graph.saveSnapshot();
    await graph.close();
    const again = open();
    const { hits } = await again.walk(walkFrom("start"));
    expect(hits.map(({ id }) => id)).toEqual(ids.toSorted());
    for (const id of ids) expect((await again.walk(walkFrom(id, { direction: "DOWNSTREAM" }))).hits).toHaveLength(1);
    await again.close();
  });

  it("leaves no half-written file behind, and holds what was there when it began", async () => {
    const graph = open();
    const feeder = new Feeder(graph);
    await feeder.feed([node("a"), node("b"), arrow("b", "a")]);
    const saving = graph.saveSnapshot();
    const applying = feeder.feed([end("b", "a"), node("c"), arrow("c", "a")]);
    await Promise.all([saving, applying]);
    await graph.close();
    expect((await readdir(folder)).toSorted()).toEqual(["graph.snapshot", "graph.snapshot.lock"]);
    const again = open();
    expect(await again.position()).toEqual(positionAt(1));
    expect((await again.walk(walkFrom("b"))).hits).toMatchObject([{ id: "a" }]);
    expect((await again.walk(walkFrom("c"))).hits).toEqual([]);
    await again.close();
  });

  it.each([
    ["one bit turned", (bytes: Buffer) => bytes.fill(bytes[100]! ^ 1, 100, 101)],
    ["the end missing", (bytes: Buffer) => bytes.subarray(0, -1)],
    ["nothing in it", () => Buffer.alloc(0)],
    ["other contents", () => Buffer.from("this is not a snapshot of a graph, nor anything like it")],
  ])("is not used when it is damaged: %s", async (_case, damage) => {
    await saved();
    await writeFile(snapshotFile, damage(await readFile(snapshotFile)));
    const graph = open();
    expect(heard).toEqual([expect.stringContaining(snapshotFile)]);
    expect(await graph.position()).toBeNull();
    expect((await graph.walk(everything)).hits).toEqual([]);
    await graph.saveSnapshot();
    await graph.close();
  });

  it("lets only one graph at a time have the file", async () => {
    const graph = open();
    expect(open).toThrow(GraphInUse);
    await graph.close();
    await open().close();
  });

  it("is refused by a graph that has no file", async () => {
    await expect(openMemoryGraph().saveSnapshot()).rejects.toThrow("without a snapshot file");
  });
});
