import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  DatasetVersionByKeyDocument,
  LineageCountsDocument,
  LineageDocument,
  ModelVersionByKeyDocument,
  NodeDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClewClient } from "../cli/src/client.ts";
import { cypher, neo4jForTests, TESTED_NEO4J, type TestNeo4j } from "./support/neo4j.ts";
import { freshDatabase, postgresForTests } from "./support/postgres.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const START_MS = 600_000;

/** What `npm start` runs, on these stores. Resolves with all that it printed, once it has ended or stays up. */
async function start(environment: Record<string, string>, ...options: string[]) {
  const child = spawn(process.execPath, ["--conditions=clew-src", "cli/src/start.ts", ...options], {
    cwd: ROOT,
    env: { ...process.env, ...environment, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const url = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /^GraphQL\s+(\S+)\/graphql/m.exec(printed);
      if (found) resolve(found[1] ?? "");
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`it ended with ${code} and printed:\n${printed}`)));
  });
  return { child, url: await url, printed: () => printed };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

describe("the flights example on PostgreSQL, Neo4j and NATS", { shuffle: false }, () => {
  let neo4j: TestNeo4j;
  let environment: Record<string, string>;
  let running: Awaited<ReturnType<typeof start>>;
  let client: ClewClient;
  let dataDir: string;
  const cleanUp: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    neo4j = await neo4jForTests(TESTED_NEO4J[0]);
    const postgres = await postgresForTests();
    const database = await freshDatabase(postgres);
    dataDir = await mkdtemp(join(tmpdir(), "clew-flights-"));
    // Undone in reverse.
    cleanUp.push(
      () => neo4j.stop(),
      () => postgres.stop(),
      () => database.drop(),
      () => rm(dataDir, { recursive: true, force: true }),
    );
    environment = {
      CLEW_POSTGRES_URL: database.url,
      CLEW_NEO4J_URL: neo4j.url,
      CLEW_NEO4J_USER: neo4j.user,
      CLEW_NEO4J_PASSWORD: neo4j.password,
      CLEW_DATA_DIR: dataDir,
    };
    running = await start(environment, "--graph", "neo4j", "--sql", "postgres", "--port", "0");
    const token = (await readFile(join(dataDir, "admin.token"), "utf8")).trim();
    client = new ClewClient({ url: running.url, token });
  }, START_MS);

  afterAll(async () => {
    if (running) await stop(running.child);
    for (const one of cleanUp.toReversed()) await one();
  }, 120_000);

  const model = async () => {
    const { modelVersion } = await client.request(ModelVersionByKeyDocument, { key: "flights/arrival-delay@1" });
    if (!modelVersion) throw new Error("there is no model");
    return modelVersion;
  };

  it("leads from the model to everything it was made from", async () => {
    const { lineageCounts } = await client.request(LineageCountsDocument, { node: (await model()).id });
    const counts = Object.fromEntries(lineageCounts.byType.map(({ type, count }) => [type, count]));
    expect(counts).toEqual({
      CodeRepository: 1,
      CodeVersion: 1,
      Dataset: 3,
      DatasetVersion: 5,
      Environment: 1,
      HyperparameterSet: 1,
      Model: 1,
      Run: 1,
    });
    expect(lineageCounts.isPartial).toBe(false);
  });

  it("shows each arrow of the way once", async () => {
    const { lineage } = await client.request(LineageDocument, { node: (await model()).id, first: 100 });
    const arrows = lineage.edges.flatMap(({ via }) => via.map(({ arrow }) => arrow));
    const count = (type: string) => arrows.filter((arrow) => arrow === type).length;
    expect({ used: count("USED"), versionOf: count("VERSION_OF"), generatedBy: count("GENERATED_BY") }).toEqual({
      used: 8,
      versionOf: 7,
      generatedBy: 1,
    });
  });

  it("leads from a feature to the datasets and columns that it was made from", async () => {
    const { node } = await client.request(NodeDocument, { id: (await model()).id });
    const lineage = node?.__typename === "ModelVersion" ? node.columnLineage : [];
    const datasets = lineage.flatMap(({ from }) => from.map(({ dataset }) => dataset));
    expect(new Set(datasets)).toEqual(new Set(["flights/flights", "flights/planes", "flights/weather"]));
  });

  it("leads from January to the report", async () => {
    const { datasetVersion } = await client.request(DatasetVersionByKeyDocument, { key: "flights/flights@1" });
    const { lineage } = await client.request(LineageDocument, {
      node: datasetVersion!.id,
      direction: "DOWNSTREAM",
      follow: ["MATERIAL", "SUBJECT"],
    });
    const reached = lineage.edges.map(({ depth, node }) => [depth, node.__typename]);
    expect(reached).toEqual([
      [1, "Run"],
      [2, "ModelVersion"],
      [3, "Report"],
      [3, "Run"],
    ]);
  });

  it("has drawn these arrows in Neo4j, and no other", async () => {
    const { records } = await cypher(neo4j, "MATCH (:Node)-[r]->(:Node) RETURN type(r) AS type, count(*) AS count");
    const counts = Object.fromEntries(records.map((record) => [record.get("type"), record.get("count")]));
    // 8 dataset versions, the code and the model; what training (8) and evaluation (7) used; the model and the report; what the report is about.
    // Who published the 8 dataset versions and the code, and who submitted the two runs.
    expect(counts).toEqual({ VERSION_OF: 10, USED: 15, GENERATED_BY: 2, ABOUT: 2, ATTRIBUTED_TO: 11 });
  });

  it("ranks April as well as a regularised net should, and no better than one without a leak can", () => {
    const value = (metric: string) => Number(new RegExp(`^${metric}\\s+(\\S+)`, "m").exec(running.printed())?.[1]);
    expect(value("roc_auc")).toBeGreaterThanOrEqual(0.645);
    expect(value("roc_auc")).toBeLessThan(0.75);
    expect(value("average_precision")).toBeGreaterThanOrEqual(0.43);
  });

  it(
    "finds its data again at the next start, and trains nothing twice",
    async () => {
      const before = await model();
      await stop(running.child);
      running = await start(environment, "--graph", "neo4j", "--sql", "postgres", "--port", "0");
      const token = (await readFile(join(dataDir, "admin.token"), "utf8")).trim();
      client = new ClewClient({ url: running.url, token });
      expect((await model()).id).toBe(before.id);
      const counts = await client.request(LineageCountsDocument, { node: before.id, direction: "DOWNSTREAM" });
      expect(counts.lineageCounts.byType).toEqual([
        { type: "Report", count: 1 },
        { type: "Run", count: 1 },
      ]);
      expect(
        (await client.request(ModelVersionByKeyDocument, { key: "flights/arrival-delay@2" })).modelVersion,
      ).toBeNull();
    },
    START_MS,
  );
});
