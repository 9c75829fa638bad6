import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ColumnUsesDocument } from "@clew/schema/graphql";
import { expect, test } from "vitest";
import { aDataset, anArtifact, aQueuedRun } from "./support/builders.ts";
import { aClew, aHost } from "./support/clew-on-nats.ts";
import { theRun } from "./support/metering-runs.ts";
import { eventually } from "./support/runner-host.ts";
import { unique } from "./support/server.ts";

const plugin = (name: string) => fileURLToPath(new URL(`../plugins/${name}`, import.meta.url));
const FEATURES = ["busy", "load"].map((name) => ({ name, column: name, kind: "numeric" }));
const SQL = "SELECT port, load, late, count(*) OVER (PARTITION BY hour) AS busy FROM data";
const PREPARATION = {
  sql: SQL,
  target: "late",
  forbidden: ["delay"],
  split: { by: "stratified", columns: ["late"], shares: { train: 0.8, test: 0.2 } },
};

test("a model's feature is traced through the prepared version, and through the model it went on from, to the raw column", async () => {
  const clew = await aClew(120);
  const { server } = clew;
  await aHost(clew, [plugin("prepare-tabular"), plugin("train-tfjs"), plugin("train-online")]);
  const raw = await readFile(`${plugin("train-tfjs")}/conformance/data/a.csv`);
  const { id, key } = await aDataset(server, { files: [await anArtifact(server, raw, "a.csv")] });
  const names = `tests/${unique("prepared")}`;
  const run = async (name: string, parameters: object, inputs: [role: string, node: string][], outputs: string[]) => {
    const targets = outputs.map((role) => ({ role, key: `${names}-${role}` }));
    const given = inputs.map(([role, node]) => ({ role, node }));
    const asked = { plugin: name, parameters: { ...parameters }, inputs: given, outputs: targets };
    const queued = await aQueuedRun(server, { ...asked, seed: 3 });
    await eventually(async () => {
      const { state } = await theRun(server, queued);
      expect(["SUCCEEDED", "FAILED"]).toContain(state);
    }, 60_000);
    const { outputs: made, failure } = await theRun(server, queued);
    expect(failure).toBeNull();
    return Object.fromEntries(made.map(({ role, node }) => [role ?? "", node.id]));
  };

  const parts = await run("prepare-tabular", PREPARATION, [["data", id]], ["train", "test"]);
  // The same inputs, parameters and seed: the same versions.
  expect(await run("prepare-tabular", PREPARATION, [["data", id]], ["train", "test"])).toEqual(parts);
  const training = { target: "late", features: FEATURES, network: { maxEpochs: 1 }, backend: "wasm" };
  const { model: first = "" } = await run("train-tfjs", training, [["data", parts["train"]!]], ["model"]);
  const online: [string, string][] = [
    ["model", first],
    ["data", parts["test"]!],
  ];
  const { model: second = "" } = await run("train-online", { backend: "wasm" }, online, ["model"]);

  const uses = async (column: string) => {
    const minSeq = await server.ledgerSize();
    const { data, text } = await server.gql(ColumnUsesDocument, { dataset: key, column, minSeq });
    if (!data) throw new Error(text);
    return data.columnUses.edges.map(({ node, features }) => ({ model: node.id, features }));
  };
  const hour = await uses("hour");
  expect(hour.map(({ model }) => model)).toEqual([second, first]);
  for (const { features } of hour) {
    expect(features.map(({ name }) => name)).toEqual(["busy"]);
    expect(features[0]?.steps).toMatchObject([
      { column: "busy", via: "IDENTITY" },
      { column: "busy", via: "AGGREGATION" },
    ]);
  }
  expect(await uses("delay")).toEqual([]);
}, 240_000);
