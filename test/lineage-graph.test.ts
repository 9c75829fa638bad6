import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Neo4jConnection } from "../server/src/adapters/neo4j/connection.ts";
import { type Neo4jGraph, openNeo4jGraph } from "../server/src/adapters/neo4j/index.ts";
import { arrow, entriesOf, Feeder, node, positionAt, walkFrom } from "../server/src/ports/lineage-graph.builders.ts";
import { describeLineageGraph } from "../server/src/ports/lineage-graph.contract.ts";
import { GraphUnavailable, PositionMismatch, TimeRanOut } from "../server/src/ports/lineage-graph.ts";
import { cuttingProxy } from "./support/cutting-proxy.ts";
import { cypher, namedGraph, neo4jForTests, TESTED_NEO4J, type TestNeo4j } from "./support/neo4j.ts";

describe.each(TESTED_NEO4J)("Neo4j $version", (release) => {
  let server: TestNeo4j;
  let graph: Neo4jGraph;
  let name: string;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    server = await neo4jForTests(release);
    ({ graph, name, drop } = await namedGraph(server));
  }, 240_000);
  afterAll(async () => {
    try {
      await drop();
    } finally {
      await server.stop();
    }
  });

  const makeGraph = async () => {
    await graph.reset();
    return { graph, dispose: () => Promise.resolve() };
  };
  describeLineageGraph(release.version, makeGraph, { runs: 12 });

  it("is the release that it should be", async () => {
    const { records } = await cypher(server, "CALL dbms.components() YIELD versions RETURN versions");
    expect(records[0]?.get("versions")).toEqual([release.version]);
  });

  describe("a statement that takes too long", () => {
    const endless = "UNWIND range(1, 100000000000) AS n WITH n WHERE n < 0 RETURN count(n) AS n";
    let connection: Neo4jConnection;
    beforeAll(() => {
      connection = new Neo4jConnection(server);
    });
    afterAll(() => connection.close());

    async function running(): Promise<number> {
      const { records } = await cypher(
        server,
        "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery STARTS WITH $text RETURN count(*) AS n",
        {
          text: endless.slice(0, 30),
        },
      );
      return records[0]?.get("n") as number;
    }

    it("is stopped in the database when the caller goes away", async () => {
      const caller = new AbortController();
      const outcome = connection
        .run(endless, {}, { timeoutMs: 60_000, signal: caller.signal })
        .catch((error: unknown) => error);
      await expect.poll(running, { timeout: 20_000 }).toBe(1);
      caller.abort(new Error("gone"));
      expect(await outcome).toEqual(new Error("gone"));
      await expect.poll(running).toBe(0);
    });

    it("is stopped in the database when its time is over", async () => {
      const startedAt = performance.now();
      await expect(connection.run(endless, {}, { timeoutMs: 300 })).rejects.toBeInstanceOf(TimeRanOut);
      expect(performance.now() - startedAt).toBeLessThan(30_000);
      await expect.poll(running).toBe(0);
    });
  });

  describe("what is stored", () => {
    let feeder: Feeder;
    beforeEach(async () => {
      await graph.reset();
      feeder = new Feeder(graph);
    });

    it("shows what a person needs to recognise a node, and no more", async () => {
      const set = {
        namespace: "acme",
        name: "m",
        version: 3,
        key: "acme/m@3",
        state: "DRAFT",
        digest: null,
        notes: "x",
        files: [],
      };
      await feeder.feed([node("ModelVersion:1", "ModelVersion", set)]);
      await feeder.feed([node("ModelVersion:1", "ModelVersion", { state: "LIVE", name: null })]);
      const { records } = await cypher(
        server,
        `MATCH (n:Node_${name}) UNWIND labels(n) AS label WITH n, label ORDER BY label
         RETURN collect(label) AS labels, properties(n) AS properties`,
      );
      expect(records.map((record) => record.toObject())).toEqual([
        {
          labels: ["ModelVersion", `Node_${name}`],
          properties: {
            id: "ModelVersion:1",
            type: "ModelVersion",
            namespace: "acme",
            version: 3,
            key: "acme/m@3",
            state: "LIVE",
            createdSeq: 1,
          },
        },
      ]);
    });

    it("keeps whole numbers as integers", async () => {
      await feeder.feed([node("a", "Run", { version: 3 }), node("b"), arrow("b", "a", "SERVES", { weight: 1 })]);
      const { records } = await cypher(
        server,
        `MATCH (a:Node_${name} {id: 'a'})<-[r]-()
         RETURN [x IN [a.version, a.createdSeq, r.weight, r.recordedSeq, r.validFrom] | valueType(x)] AS types`,
      );
      expect(new Set(records[0]?.get("types") as string[])).toEqual(new Set(["INTEGER NOT NULL"]));
    });
  });

  it("takes up a reset that was cut short", async () => {
    await graph.reset();
    await new Feeder(graph).feed([node("a")]);
    await cypher(server, "MATCH (p:Position {name: $name}) SET p.ledgerId = '', p.seq = -1, p.leafHash = ''", { name });
    const refusal = graph.apply(entriesOf(1, [[node("b")]]), positionAt(0), positionAt(1));
    await expect(refusal).rejects.toBeInstanceOf(PositionMismatch);
    const again = await openNeo4jGraph({ ...server, graph: name });
    await again.close();
    const { records } = await cypher(server, `MATCH (n:Node_${name}) RETURN count(n) AS n`);
    expect(records[0]?.get("n")).toBe(0);
    await new Feeder(graph).feed([node("a")]);
  });

  describe("behind a network that loses answers", () => {
    const { hostname, port } = { hostname: "127.0.0.1", port: () => Number(new URL(server.url).port) };

    it("applies a batch once although its answer was lost", async () => {
      await graph.reset();
      const proxy = await cuttingProxy(hostname, port());
      const through = await openNeo4jGraph({ ...server, url: `bolt://127.0.0.1:${proxy.port}`, graph: name });
      const feeder = new Feeder(through);
      await feeder.feed([node("a")]);
      proxy.loseNextAnswer();
      await feeder.feed([node("b"), arrow("b", "a")]);
      expect(proxy.lost).toBe(1);
      expect(await graph.position()).toEqual(positionAt(2));
      expect((await graph.walk(walkFrom("b"))).hits).toMatchObject([{ id: "a", via: [{ nearer: "b" }] }]);
      await through.close();
      await proxy.close();
    });

    it("is unavailable once nobody answers", async () => {
      const proxy = await cuttingProxy(hostname, port());
      const through = await openNeo4jGraph({ ...server, url: `bolt://127.0.0.1:${proxy.port}`, graph: name });
      await proxy.close();
      await expect(through.walk(walkFrom("b"))).rejects.toBeInstanceOf(GraphUnavailable);
      await expect(through.position()).rejects.toBeInstanceOf(GraphUnavailable);
      await through.close();
    });
  });
});
