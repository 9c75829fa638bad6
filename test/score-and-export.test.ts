import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  ColumnUsesDocument,
  DatasetVersionByKeyDocument,
  LineageDocument,
  ModelVersionByKeyDocument,
  RunDocument,
} from "@clew/schema/graphql";
import { expect, test } from "vitest";
import { SIGNATURE } from "../plugins/serve-models/test/service.ts";
import { aDataset, anArtifact, aQueuedRun, aModel } from "./support/builders.ts";
import { aClew, aHost, type Clew } from "./support/clew-on-nats.ts";
import { eventually } from "./support/runner-host.ts";
import { unique } from "./support/server.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const SERVED = path("../plugins/serve-models/test/model");
const ROWS = "id,port,hour,load,holiday,gates\n1,A,7,50.5,false,4\n2,B,17,,true,8\n3,,7,1,false,4\n";

async function aTrainedModel({ server }: Clew, namespace: string) {
  const schema = SIGNATURE.inputs.map(({ name, type }) => ({ name, type }));
  const files = [await anArtifact(server, Buffer.from(ROWS), "rows.csv")];
  const data = await aDataset(server, { namespace, schema: [{ name: "id", type: "BIGINT" }, ...schema], files });
  const names = ["model.json", "pipeline.json", "weights.bin"];
  const own = names.map(async (name) => await anArtifact(server, await readFile(`${SERVED}/${name}`), name));
  const model = await aModel(server, {
    namespace,
    name: "arrival",
    format: "tfjs-layers",
    signature: SIGNATURE,
    files: await Promise.all(own),
    from: [data.id],
    columnLineage: SIGNATURE.inputs.map(({ name: column }) => {
      return { column, via: "IDENTITY" as const, from: [{ input: "train", column }] };
    }),
  });
  return { data, model };
}

/** Resolves when the run has succeeded. */
async function done({ server }: Clew, id: string) {
  await eventually(async () => {
    const { data } = await server.gql(RunDocument, { id });
    expect(data?.node, JSON.stringify(data?.node)).toMatchObject({ state: "SUCCEEDED" });
  }, 60_000);
}

test("predictions and exports are versions that lead back to the rows that the model was trained on", async () => {
  const clew = await aClew();
  const { server } = clew;
  await aHost(clew, [path("../plugins/score-tabular"), path("../plugins/export-model")]);
  const namespace = unique("scored");
  const { data, model } = await aTrainedModel(clew, namespace);

  const scoring = await aQueuedRun(server, {
    namespace,
    plugin: "score-tabular",
    parameters: { keep: ["id"], backend: "wasm" },
    inputs: [
      { role: "model", node: model.id },
      { role: "data", node: data.id },
    ],
    outputs: [{ role: "predictions", key: `${namespace}/scores` }],
  });
  await done(clew, scoring);
  const scores = await server.gql(DatasetVersionByKeyDocument, { key: `${namespace}/scores@1` });
  expect(scores.data?.datasetVersion, scores.text).toMatchObject({ rows: 3 });

  const exporting = await aQueuedRun(server, {
    namespace,
    plugin: "export-model",
    inputs: [{ role: "model", node: model.id }],
    outputs: [{ role: "export", key: `${namespace}/arrival-web` }],
  });
  await done(clew, exporting);
  const web = await server.gql(ModelVersionByKeyDocument, { key: `${namespace}/arrival-web@1` });
  const exported = web.data!.modelVersion!;
  expect(exported, web.text).toMatchObject({ format: "tfjs-web" });
  const minSeq = await server.ledgerSize();
  const upstream = await server.gql(LineageDocument, { node: exported.id, direction: "UPSTREAM", minSeq });
  const found = upstream.data!.lineage.edges;
  expect(found.map(({ node }) => node.id)).toEqual(expect.arrayContaining([model.id, data.id, exporting]));
  expect(found.find(({ node }) => node.id === model.id)!.via).toContainEqual(
    expect.objectContaining({ arrow: "DERIVED_FROM" }),
  );

  const uses = await server.gql(ColumnUsesDocument, { dataset: data.key, column: "port", minSeq });
  const { edges, untold } = uses.data!.columnUses;
  expect(untold).toEqual([]);
  expect(edges.map(({ node }) => node.id)).toEqual([exported.id, model.id]);
});
