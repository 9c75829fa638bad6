import neo4j from "neo4j-driver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Neo4jGraph, openNeo4jGraph } from "../server/src/adapters/neo4j/index.ts";
import { namesOf } from "../server/src/adapters/neo4j/names.ts";
import { countStatement, pathsStatement, walkStatement } from "../server/src/adapters/neo4j/read-statements.ts";
import { applyStatement } from "../server/src/adapters/neo4j/write-statements.ts";
import { arrowsOf } from "../server/src/core/arrows.ts";
import { arrow, Feeder, node } from "../server/src/ports/lineage-graph.builders.ts";
import { DEPTHS } from "../server/src/ports/lineage-graph.ts";
import { cypher, ownNeo4j, TESTED_NEO4J, type TestNeo4j } from "./support/neo4j.ts";

interface Plan {
  readonly operatorType: string;
  /** Of a profile only. */
  readonly rows?: number;
  readonly children: readonly Plan[];
}

const names = namesOf(undefined);
const reach = { direction: "UPSTREAM", arrows: arrowsOf(["material"]), maxDepth: 32, asOf: {} } as const;
const was = { at: 1, knownSeq: 1 };
const nowhere = { ledgerId: "", seq: 0, leafHash: "" };
const parameters = {
  graph: names.graph,
  start: "",
  limit: neo4j.int(5),
  page: neo4j.int(5),
  types: [],
  after: { depth: neo4j.int(0), id: "" },
  known: 1,
  at: 1,
  nodes: [],
  others: [],
  draws: [],
  ends: [],
  redraws: [],
  from: nowhere,
  to: nowhere,
};

function operatorsOf(plan: Plan): Plan[] {
  return [plan, ...plan.children.flatMap(operatorsOf)];
}

/**
 * Plans are made once and kept (`replan=skip`), mostly when the database is new. So they are looked at there: while it is empty, and
 * while it has nodes but no arrows, which is when a scan of all arrows seems to cost nothing.
 */
describe.each(TESTED_NEO4J)("what Neo4j $version plans in a new database", (release) => {
  let server: TestNeo4j;
  let graph: Neo4jGraph;
  beforeAll(async () => {
    server = await ownNeo4j(release);
    graph = await openNeo4jGraph(server);
  }, 240_000);
  afterAll(async () => {
    await graph.close();
    await server.stop();
  });

  async function planned(text: string, over: Record<string, unknown> = {}): Promise<string[]> {
    const { summary } = await cypher(server, text.replace("CYPHER replan=skip", "EXPLAIN"), { ...parameters, ...over });
    return operatorsOf(summary.plan as Plan).map(({ operatorType }) => operatorType.replace(/@.*/, ""));
  }

  const directions = ["UPSTREAM", "DOWNSTREAM"] as const;
  const walks = directions.flatMap((direction) => [
    ...DEPTHS.map((maxDepth) => walkStatement(names, { ...reach, direction, maxDepth })),
    walkStatement(names, { ...reach, direction, asOf: was }),
  ]);
  const counts = directions.flatMap((direction) => [
    countStatement(names, { ...reach, direction }),
    countStatement(names, { ...reach, direction, asOf: was }),
  ]);

  async function checkPlans(): Promise<void> {
    for (const text of [...walks, ...counts]) {
      const plan = await planned(text);
      expect(plan).toContain("VarLengthExpand(Pruning,BFS,All)");
      expect(leavesOf(plan)).toEqual(["Argument", "NodeUniqueIndexSeek", "Unwind"]);
    }
    // What ties the hits is sought from their later ends, not by a join.
    for (const text of walks) expect(await planned(text)).toContain("Expand(All)");
    const paths = await planned(pathsStatement(names, reach), { from: "a", to: "b" });
    expect(paths).toContain("ShortestPath");
    expect(leavesOf(paths)).toEqual(["NodeUniqueIndexSeek"]);
    const apply = await planned(applyStatement(names));
    expect(apply.filter((operator) => /Expand/.test(operator))).toEqual(Array(2).fill("VarLengthExpand(Into)"));
    expect(leavesOf(apply)).toEqual(["Argument", "NodeUniqueIndexSeek(Locking)", "Unwind"]);
  }

  it("seeks nodes, walks arrows, visits each node once, and stops at the number of nodes", async () => {
    await checkPlans();
    const feeder = new Feeder(graph);
    await feeder.feed(Array.from({ length: 3000 }, (_, i) => node(`n${i}`)));
    await checkPlans();
    const ids = Array.from({ length: 300 }, (_, i) => `n${i + 1}`);
    await feeder.feed(ids.map((id) => arrow("n0", id)));
    await checkPlans();
    const text = walkStatement(names, reach).replace("CYPHER replan=skip", "PROFILE");
    const { summary } = await cypher(server, text, { ...parameters, start: "n0" });
    const expand = operatorsOf(summary.profile as Plan).find(({ operatorType }) =>
      operatorType.startsWith("VarLength"),
    );
    expect(expand?.rows).toBe(5);
  });
});

/** Where rows come from: each kind once, in order. */
function leavesOf(plan: readonly string[]): string[] {
  return [...new Set(plan.filter((operator) => /Scan|Seek|Unwind|Argument/.test(operator)))].toSorted();
}
