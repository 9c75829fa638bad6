import {
  DatasetVersionByKeyDocument,
  LineageCountsDocument,
  LineageDocument,
  ModelVersionByKeyDocument,
  NodeDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClewClient } from "../cli/src/client.ts";
import { cypher, TESTED_NEO4J, type TestNeo4j } from "./support/neo4j.ts";
import { clientOf, freshStores, start, type Started, stop, type Stores } from "./support/start-example.ts";

const START_MS = 600_000;

describe("the flights example on PostgreSQL, Neo4j and NATS", { shuffle: false }, () => {
  let neo4j: TestNeo4j;
  let stores: Stores;
  let running: Started;
  let client: ClewClient;

  beforeAll(async () => {
    stores = await freshStores(TESTED_NEO4J[0]);
    neo4j = stores.neo4j;
    running = await start(stores);
    client = await clientOf(stores, running);
  }, START_MS);

  afterAll(async () => {
    if (running) await stop(running);
    await stores.drop();
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
      await stop(running);
      running = await start(stores);
      client = await clientOf(stores, running);
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
