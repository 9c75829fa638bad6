import { contentId, type Json } from "@clew/schema";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { defineFact } from "../core/define-fact.ts";
import { defineNode, many, maybe, type NodeDefinition, one, place } from "../core/define-node.ts";
import { JsonObject } from "../core/json-object.ts";
import { Metric } from "../core/metric.ts";
import { parametersOf, metricsOf, namesOf, statedValue } from "../core/stated-value.ts";
import { Recorder } from "../ledger/recorder.ts";
import { type ContractDatabase, count, type OpenDatabase } from "./ledger-store.fixture.ts";
import type { Rank, RankDirection } from "./node-ranks.ts";
import type { NodeFilter } from "./node-reader.ts";
import type { ValueCondition, ValueSource } from "./value-condition.ts";

const Recipe = defineNode("Recipe", {
  description: "Parameters, of no namespace.",
  fields: { parameters: JsonObject },
  edges: {},
  values: ({ parameters }) => parametersOf(parameters),
});
const Trial = defineNode("Trial", {
  description: "Follows recipes.",
  fields: { namespace: z.string() },
  edges: { follows: many("USED", "Recipe") },
  values: ({ follows }) => namesOf("recipe", follows),
});
const Score = defineNode("Score", {
  description: "What a trial found out about products.",
  fields: { namespace: z.string(), metrics: z.array(Metric) },
  edges: { trial: one("GENERATED_BY", "Trial"), about: many("ABOUT", "Product") },
  parent: "trial",
  values: ({ metrics, about }) => [...metricsOf(metrics), ...namesOf("judges", about)],
});
const Product = defineNode("Product", {
  description: "What a trial made.",
  fields: { namespace: z.string(), metrics: z.array(Metric) },
  edges: { line: one("VERSION_OF", "Line"), trial: maybe("GENERATED_BY", "Trial") },
  parent: "line",
  values: ({ metrics }) => metricsOf(metrics),
});

const id = (type: string, name: string) => contentId(type, name);
const ids = (type: string, ...names: string[]) => names.map((name) => ({ id: id(type, name) }));
const NAMES = ["t1", "t2", "t3", "s1", "s2", "s3", "s4", "s5", "p1", "p2", "p3", "p4"];
const nameOf = (of: string) =>
  NAMES.find((name) => ["Trial", "Score", "Product"].some((type) => id(type, name) === of)) ?? of;
const metrics = (of: Record<string, unknown>) => Object.entries(of).map(([name, value]) => ({ name, value }));

function placed(definition: NodeDefinition, name: string, node: object) {
  const fact = defineFact({
    type: `test.${definition.name.toLowerCase()}`,
    v: 1,
    payload: z.json(),
    project: (payload) => place(definition, payload as never),
  });
  const payload = { id: id(definition.name, name), ...node } as unknown as Json;
  return { ...count(name), decide: () => ({ facts: [fact.of(payload as never)], answer: { value: 0 } }) };
}

const recipe = (name: string, parameters: object) => placed(Recipe, name, { parameters });
const trial = (name: string, follows: string[] = [], namespace = "a") =>
  placed(Trial, name, { namespace, follows: ids("Recipe", ...follows) });
const score = (name: string, of: string, found: object, about: string[] = [], namespace = "a") =>
  placed(Score, name, {
    namespace,
    metrics: metrics({ ...found }),
    trial: id("Trial", of),
    about: ids("Product", ...about),
  });
const product = (name: string, by: string | null, found: object = {}) =>
  placed(Product, name, {
    namespace: "a",
    metrics: metrics({ ...found }),
    line: id("Line", "x"),
    trial: by && id("Trial", by),
  });

const OF_RECIPE: ValueSource[] = [{ type: "Recipe", link: { namedBy: "recipe" } }];
const OF_TRIAL: ValueSource[] = [
  { type: "Score", link: { field: "parent" } },
  { type: "Product", link: { field: "trial" } },
];
const OWN: ValueSource[] = [{ type: "Score", link: "itself" }];

/** Lists by values of parameters and metrics, and orders by them. */
export function describeNodeValues(open: OpenDatabase): void {
  let database: ContractDatabase;
  beforeEach(async () => {
    database = await open();
  });
  afterEach(() => database.dispose());

  const record = async (...commands: ReturnType<typeof placed>[]) => {
    const recorder = new Recorder(database.ledger);
    for (const command of commands) {
      const done = await recorder.record(command);
      expect(done.ok).toBe(true);
    }
  };
  const found = async (type: string, sources: ValueSource[], ...conditions: Partial<ValueCondition>[]) => {
    const values = conditions.map((one) => ({ sources, namespaces: null, name: "x", ...one }));
    const filter: NodeFilter = { types: [type], namespaces: null, values };
    const listed = await database.nodes.list(filter, "OLDEST", null, 9);
    expect(await database.nodes.count(filter, 9)).toBe(listed.length);
    return listed.map((node) => nameOf(node.id)).join(" ");
  };
  const equal = (name: string, ...values: Json[]) => ({ name, oneOf: values.map((value) => statedValue("", value)) });

  it("finds by the values of what a node names: numbers as numbers, all else as it is", async () => {
    await record(
      recipe("r1", {
        lr: 0.01,
        opt: { name: "adam", nesterov: true },
        layers: [8, 4],
        seed: { $int64: "9007199254740993" },
      }),
      recipe("r2", { lr: 0.1, opt: { name: "sgd" }, seed: 9007199254740992, mark: "a\u0000b 🧶" }),
      recipe("r3", { lr: { $number: "Infinity" }, opt: { name: "10" }, seed: { $number: "NaN" } }),
      trial("t1", ["r1"]),
      trial("t2", ["r2", "r3"], "b"),
      trial("t3", ["r1"]),
    );
    const trials = (...conditions: Partial<ValueCondition>[]) => found("Trial", OF_RECIPE, ...conditions);
    expect(await trials(equal("lr", 0.01))).toBe("t1 t3");
    expect(await trials(equal("lr", 0.01, 0.1, 7))).toBe("t1 t2 t3");
    expect(await trials({ name: "lr", range: { above: 0.01 } })).toBe("t2");
    expect(await trials({ name: "lr", range: { atLeast: 0.01, below: 0.1 } })).toBe("t1 t3");
    expect(await trials({ name: "lr", range: { above: 1e300 } })).toBe("t2");
    expect(await trials({ name: "lr", range: { atMost: 0 } })).toBe("");
    expect(await trials(equal("opt.name", "adam"), { name: "lr", range: { above: 0.001 } })).toBe("t1 t3");
    expect(await trials(equal("opt.name", "adam"), equal("lr", 0.1))).toBe("");
    expect(await trials(equal("opt.nesterov", true))).toBe("t1 t3");
    expect(await trials(equal("layers", [8, 4]))).toBe("t1 t3");
    expect(await trials(equal("mark", "a\u0000b 🧶"))).toBe("t2");
    // The text "10" is no number; digits that a double does not hold are told apart; NaN is in no range, and equals itself.
    expect(await trials(equal("opt.name", 10))).toBe("");
    expect(await trials(equal("seed", { $int64: "9007199254740993" }))).toBe("t1 t3");
    expect(await trials(equal("seed", 9007199254740992))).toBe("t2");
    expect(await trials(equal("seed", { $number: "NaN" }))).toBe("t2");
    expect(await trials({ name: "seed", range: { atLeast: -1e308 } })).toBe("t1 t2 t3");
    expect(await trials(equal("lr"))).toBe("");
    expect(await trials({ name: "layers" })).toBe("t1 t3");
  });

  it("finds by metrics of what names a node, where its namespace may be read", async () => {
    await record(
      trial("t1"),
      trial("t2"),
      trial("t3"),
      product("p1", "t1", { auc: 0.9 }),
      product("p2", null, { auc: 0.9 }),
      score("s1", "t2", { auc: 0.8, loss: 2 }, [], "b"),
      score("s2", "t2", { auc: 0.95 }),
      score("s3", "t3", { loss: 0.1 }),
    );
    const auc = { name: "auc", range: { above: 0.7 } };
    expect(await found("Trial", OF_TRIAL, auc)).toBe("t1 t2");
    expect(await found("Trial", OF_TRIAL, auc, { name: "loss" })).toBe("t2");
    expect(await found("Trial", OF_TRIAL, { name: "loss", namespaces: ["a"] })).toBe("t3");
    expect(await found("Trial", OF_TRIAL, { name: "loss", namespaces: [] })).toBe("");
    expect(await found("Score", OWN, auc)).toBe("s1 s2");
    expect(await found("Score", OWN, { name: "auc", range: { above: 0.7, below: 0.9 } })).toBe("s1");
    const filter = { types: ["Score"], namespaces: ["b"], values: [{ sources: OWN, namespaces: null, ...auc }] };
    expect((await database.nodes.list(filter, "NEWEST", null, 9)).map((node) => nameOf(node.id))).toEqual(["s1"]);
  });

  /** Page by page of two, with `between` done after the first. */
  const pages = async (
    read: (after: Rank | null) => Promise<readonly { node: { id: string }; rank: Rank }[]>,
    between = async () => {},
  ) => {
    const all: string[] = [];
    for (let after: Rank | null = null; ; ) {
      const page = await read(after);
      all.push(...page.map(({ node, rank }) => `${nameOf(node.id)} ${rank.number}`));
      if (page.length < 2) return all;
      if (after === null) await between();
      after = page.at(-1)!.rank;
    }
  };

  it("orders by a metric, NaN last, and a page begins where the one before ended", async () => {
    await record(
      trial("t1"),
      score("s1", "t1", { auc: 0.5 }),
      score("s2", "t1", { auc: { $number: "NaN" } }),
      score("s3", "t1", { auc: 0.7 }),
      score("s4", "t1", { auc: 0.5 }, [], "b"),
      product("p1", "t1", { auc: 0.6 }),
    );
    const own = (direction: RankDirection, namespaces: string[] | null = null, between = async () => {}) => {
      const filter = { types: ["Score"], namespaces };
      return pages((after) => database.ranks.own(filter, { name: "auc", direction, after, limit: 2 }), between);
    };
    expect(await own("DESC")).toEqual(["s3 0.7", "s4 0.5", "s1 0.5", "s2 null"]);
    expect(await own("ASC")).toEqual(["s1 0.5", "s4 0.5", "s3 0.7", "s2 null"]);
    expect(await own("ASC", ["a"])).toEqual(["s1 0.5", "s3 0.7", "s2 null"]);
    const better = () => record(score("s5", "t1", { auc: 0.9 }));
    expect(await own("DESC", null, better)).toEqual(["s3 0.7", "s4 0.5", "s1 0.5", "s2 null"]);
    expect((await own("DESC"))[0]).toBe("s5 0.9");
  });

  it("orders the children of a node by the best of what names them", async () => {
    await record(
      ...["p1", "p2", "p3", "p4"].map((name) => product(name, null, { auc: 1 })),
      score("s1", "t1", { auc: 0.5 }, ["p1", "p2"]),
      score("s2", "t1", { auc: 0.7 }, ["p1"]),
      score("s3", "t1", { auc: { $number: "NaN" } }, ["p3"]),
      score("s4", "t1", { auc: 0.9 }, ["p2"], "b"),
      score("s5", "t1", { loss: 0.9 }, ["p4"]),
    );
    const best = (direction: RankDirection, namespaces: string[] | null = null, line = "x") => {
      const of = { parent: id("Line", line), type: "Product", source: "Score", by: "judges", namespaces };
      return pages((after) => database.ranks.best(of, { name: "auc", direction, after, limit: 2 }));
    };
    expect(await best("DESC")).toEqual(["p2 0.9", "p1 0.7", "p3 null"]);
    expect(await best("ASC", ["a"])).toEqual([...["p1 0.5", "p2 0.5"].toSorted(byId), "p3 null"]);
    expect(await best("DESC", ["a"])).toEqual(["p1 0.7", "p2 0.5", "p3 null"]);
    expect(await best("DESC", null, "y")).toEqual([]);
  });

  it("an entry that makes two nodes of one type with values is refused", async () => {
    const fact = defineFact({
      type: "test.two",
      v: 1,
      payload: z.json(),
      project: () => ["r1", "r2"].flatMap((name) => place(Recipe, { id: id("Recipe", name), parameters: { a: 1 } })),
    });
    const two = { ...count("two"), decide: () => ({ facts: [fact.of({})], answer: { value: 0 } }) };
    await expect(new Recorder(database.ledger).record(two)).rejects.toThrow(/makes two nodes of the type Recipe/);
  });
}

const byId = (a: string, b: string) => (id("Product", a.slice(0, 2)) < id("Product", b.slice(0, 2)) ? -1 : 1);
