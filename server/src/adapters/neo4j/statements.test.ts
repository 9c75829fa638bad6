import { isInt } from "neo4j-driver";
import { describe, expect, it } from "vitest";
import { arrow, end, entriesOf, node } from "../../ports/lineage-graph.builders.ts";
import { rowsOf } from "./batch.ts";
import { namesOf } from "./names.ts";
import { countStatement, pathsStatement, walkStatement } from "./read-statements.ts";
import { applyStatement, deleteStatements, schemaStatements } from "./write-statements.ts";

const names = namesOf(undefined);
const reach = { direction: "UPSTREAM", arrows: ["GENERATED_BY", "USED"], maxDepth: 6, asOf: {} } as const;

/** Rows as text that tells Cypher integers (`7n`) from floats. */
function readable(value: unknown): unknown {
  if (isInt(value)) return `${value.toString()}n`;
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, readable(each)]));
}

describe("Cypher", () => {
  it("sets up", () => expect(schemaStatements(names).join("\n")).toMatchSnapshot());
  it("applies", () => expect(applyStatement(names)).toMatchSnapshot());
  it("walks upstream", () => expect(walkStatement(names, reach)).toMatchSnapshot());
  it("walks downstream", () => expect(walkStatement(names, { ...reach, direction: "DOWNSTREAM" })).toMatchSnapshot());
  it("walks as of a time or an entry", () => {
    const text = walkStatement(names, { ...reach, asOf: { at: 1 } });
    expect(text).toMatchSnapshot();
    expect(walkStatement(names, { ...reach, asOf: { knownSeq: 2 } })).toBe(text);
  });
  it("counts", () => expect(countStatement(names, reach)).toMatchSnapshot());
  it("finds paths", () => expect(pathsStatement(names, reach)).toMatchSnapshot());
  it("empties", () => expect(deleteStatements(names).join("\n")).toMatchSnapshot());

  it("is the same text for the same arrow types in any order", () => {
    expect(walkStatement(names, { ...reach, arrows: ["USED", "GENERATED_BY"] })).toBe(walkStatement(names, reach));
  });

  it("holds nothing that is not an arrow type", () => {
    const text = walkStatement(names, { ...reach, arrows: ["USED", "X]->() DETACH DELETE a //" as "USED"] });
    expect(text).not.toContain("DELETE");
  });

  it("keeps a named graph's nodes under a label of their own, and refuses a name that is no label", () => {
    expect(walkStatement(namesOf("t1"), reach)).toContain("(a:Node_t1 {id: $start})");
    expect(() => namesOf("x) DETACH DELETE (n")).toThrow("1 to 40 letters");
  });
});

describe("the rows of a batch", () => {
  it("hold a run with its model as set-wise parameters", () => {
    const entries = entriesOf(7, [
      [
        node("Run:1", "Run", { name: "train", state: "RUNNING", version: 3, tags: ["a"], other: "left to SQL" }),
        node("ModelVersion:1", "ModelVersion", { namespace: "acme", key: "acme/m@1", digest: null }),
        arrow("Run:1", "DatasetVersion:1", "USED", { role: "train" }),
        arrow("ModelVersion:1", "Run:1", "GENERATED_BY"),
      ],
      [
        node("Run:1", "Run", { state: "SUCCEEDED" }),
        end("Deployment:1", "ModelVersion:0", "SERVES"),
        arrow("Deployment:1", "ModelVersion:1", "SERVES", { weight: 0.5, mode: "canary" }),
      ],
    ]);
    expect(readable(rowsOf(entries))).toMatchSnapshot();
  });

  it("keep what was drawn before an ending apart from what was drawn after", () => {
    const [first, again] = [arrow("a", "b", "USED"), arrow("a", "b", "USED", { weight: 2 })];
    const rows = rowsOf(entriesOf(1, [[first, again], [end("a", "b")], [again, first], [end("a", "b")], [first]]));
    expect(readable(rows)).toMatchSnapshot();
  });

  it("send whole numbers as integers and others as floats", () => {
    const weights = [1, 0.5, 2 ** 53 - 1, -0.25].map((weight, i) => arrow("a", `b${i}`, "SERVES", { weight }));
    const { draws } = rowsOf(entriesOf(1, [weights]));
    expect(draws.map(([, , , , , , weight]) => readable(weight))).toEqual(["1n", 0.5, "9007199254740991n", -0.25]);
  });
});
