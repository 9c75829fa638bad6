/**
 * How long a lineage walk takes: memory always, Neo4j where CLEW_BENCH_NEO4J_URL (and _USER, _PASSWORD) name one. JSON to stdout.
 *
 *   node --conditions=clew-src --expose-gc bench/lineage-walk.ts [--large] [--walks 500]
 *
 * The graph has 100,000 nodes and 300,000 arrows (--large: ten times as many) in groups of 1,900; a walk from the last node of a group
 * reaches about 1,000 nodes. Both stores get the same graph, one entry a node, and the same questions.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type MemoryGraph, openMemoryGraph } from "../server/src/adapters/memory/index.ts";
import { Neo4jConnection } from "../server/src/adapters/neo4j/connection.ts";
import { openNeo4jGraph } from "../server/src/adapters/neo4j/index.ts";
import type { EntryChanges, GraphChange } from "../server/src/core/graph-change.ts";
import { arrow, countFrom, Feeder, node, walkFrom } from "../server/src/ports/lineage-graph.builders.ts";
import type { LineageGraph } from "../server/src/ports/lineage-graph.ts";

const GROUP = 1900;
const WINDOW = 300;
const BATCH = 250;

const { values: flags } = parseArgs({
  options: { large: { type: "boolean", default: false }, walks: { type: "string", default: "500" } },
});
const nodes = flags.large ? 1_000_000 : 100_000;
const walks = Number(flags.walks);

/** Marsaglia's xorshift: the same graph every time. */
function random(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

const hex = (n: number) => n.toString(16).padStart(32, "0");
const idOf = (n: number) => `Run:${hex(n)}`;

/** Node n was made from three earlier ones of its group. */
function* groupedGraph(): Iterable<EntryChanges> {
  const below = random(42);
  for (let n = 0; n < nodes; n++) {
    const before = n % GROUP;
    const sources =
      before === 0 ? [] : [1, 2, 3].map((role) => [role, n - 1 - below(Math.min(before, WINDOW))] as const);
    const arrows = sources.map(([role, to]) => arrow(idOf(n), idOf(to), "USED", { role: `input${role}` }));
    yield { seq: n + 1, at: 1_700_000_000_000 + n, changes: [node(idOf(n), "Run", { name: `run ${n}` }), ...arrows] };
  }
}

/** What a training run says: a run that used ten datasets and parameters, its model, and who ran it. */
function* trainingRuns(count: number): Iterable<EntryChanges> {
  const below = random(7);
  const datasets = Array.from({ length: 2000 }, (_, i) => `DatasetVersion:${hex(i)}`);
  yield { seq: 1, at: 0, changes: [node("Agent:0", "Agent"), ...datasets.map((id) => node(id, "DatasetVersion"))] };
  for (let n = 0; n < count; n++)
    yield { seq: n + 2, at: 1_700_000_000_000 + n, changes: trainingRun(n, datasets, below) };
}

function trainingRun(n: number, datasets: readonly string[], below: (limit: number) => number): GraphChange[] {
  const [run, model, parameters] = [`Run:${hex(n)}`, `ModelVersion:${hex(n)}`, `HyperparameterSet:${hex(n)}`] as const;
  const inputs = Array.from({ length: 10 }, (_, i) =>
    arrow(run, datasets[below(datasets.length)] ?? "", "USED", { role: `train${i}` }),
  );
  return [
    node(run, "Run", { name: `train ${n}`, state: "SUCCEEDED" }),
    node(model, "ModelVersion", { key: `acme/model@${n}` }),
    node(parameters, "HyperparameterSet"),
    ...inputs,
    arrow(run, parameters, "USED", { role: "parameters" }),
    arrow(model, run, "GENERATED_BY", { role: "model" }),
    arrow(run, "Agent:0", "ATTRIBUTED_TO"),
  ];
}

function* batches(entries: Iterable<EntryChanges>): Iterable<EntryChanges[]> {
  let batch: EntryChanges[] = [];
  for (const entry of entries) {
    batch.push(entry);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Entries a second, the making of the changes not counted. */
async function fill(graph: LineageGraph, entries: Iterable<EntryChanges>): Promise<number> {
  const feeder = new Feeder(graph);
  let spentMs = 0;
  for (const batch of batches(entries)) {
    const startedAt = performance.now();
    await feeder.apply(batch);
    spentMs += performance.now() - startedAt;
  }
  return Math.round((feeder.seq / spentMs) * 1000);
}

async function timed(times: number, work: (n: number) => Promise<unknown>) {
  for (let n = 0; n < times; n++) await work(n);
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const startedAt = performance.now();
    await work(n);
    took.push(performance.now() - startedAt);
  }
  took.sort((a, b) => a - b);
  const at = (quantile: number) => Number((took[Math.floor(quantile * (times - 1))] ?? 0).toFixed(3));
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

const groups = Math.floor(nodes / GROUP);
const startOf = (n: number) => idOf(((n * 7919) % groups) * GROUP + GROUP - 1);

async function reads(graph: LineageGraph) {
  let reached = 0;
  for (let n = 0; n < 20; n++) reached += (await graph.count(countFrom(startOf(n)))).byType["Run"] ?? 0;
  return {
    reached: reached / 20,
    firstPageOf50: await timed(walks, (n) => graph.walk(walkFrom(startOf(n), { limit: 50 }))),
    all: await timed(walks, (n) => graph.walk(walkFrom(startOf(n), { limit: 10_000 }))),
    asOf: await timed(walks, (n) =>
      graph.walk(walkFrom(startOf(n), { limit: 50, asOf: { at: 1.8e12, knownSeq: nodes } })),
    ),
    count: await timed(walks, (n) => graph.count(countFrom(startOf(n)))),
  };
}

function memoryUsed(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function benchMemory() {
  const before = memoryUsed();
  const graph = openMemoryGraph();
  const entriesPerSecond = await fill(graph, groupedGraph());
  const bytesPerEntry = Math.round((memoryUsed() - before) / nodes);
  return { entriesPerSecond, bytesPerEntry, ...(await reads(graph)) };
}

/** Filling with entries of 3 nodes and 13 arrows, and a snapshot of the result. */
async function benchTrainingRuns() {
  const entries = nodes / 5;
  const folder = await mkdtemp(join(tmpdir(), "clew-bench-"));
  const snapshotFile = join(folder, "graph");
  const before = memoryUsed();
  const graph = openMemoryGraph({ snapshotFile });
  const entriesPerSecond = await fill(graph, trainingRuns(entries));
  const bytesPerEntry = Math.round((memoryUsed() - before) / entries);
  const snapshot = await benchSnapshot(graph, snapshotFile);
  await rm(folder, { recursive: true });
  return { entries, entriesPerSecond, bytesPerEntry, snapshot };
}

async function benchSnapshot(graph: MemoryGraph, snapshotFile: string) {
  const startedAt = performance.now();
  await graph.saveSnapshot();
  const savedAt = performance.now();
  await graph.close();
  const openedAt = performance.now();
  const again = openMemoryGraph({ snapshotFile });
  const loadedAt = performance.now();
  await again.close();
  return { saveMs: Math.round(savedAt - startedAt), loadMs: Math.round(loadedAt - openedAt) };
}

async function benchNeo4j(url: string) {
  const address = {
    url,
    user: process.env["CLEW_BENCH_NEO4J_USER"] ?? "neo4j",
    password: process.env["CLEW_BENCH_NEO4J_PASSWORD"] ?? "",
  };
  const graph = await openNeo4jGraph({ ...address, graph: "bench" });
  const connection = new Neo4jConnection(address);
  await graph.reset();
  const entriesPerSecond = await fill(graph, groupedGraph());
  const found = await reads(graph);
  const lookup = (n: number) =>
    connection.run("MATCH (n:Node_bench {id: $id}) RETURN n.type", { id: startOf(n) }, { timeoutMs: 10_000 });
  const oneNode = await timed(walks, lookup);
  await graph.reset();
  await graph.close();
  await connection.close();
  return { entriesPerSecond, ...found, oneNode };
}

const neo4jUrl = process.env["CLEW_BENCH_NEO4J_URL"];
const result = {
  nodes,
  arrows: nodes * 3,
  machine: { cpu: cpus()[0]?.model, cpus: cpus().length, node: process.version },
  memory: await benchMemory(),
  trainingRuns: await benchTrainingRuns(),
  ...(neo4jUrl !== undefined && { neo4j: await benchNeo4j(neo4jUrl) }),
};
console.log(JSON.stringify(result, null, 2));
