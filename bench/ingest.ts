/**
 * How many mutations a second are recorded and answered when the graph has them: one mutation is an external run with 10 inputs, 20
 * parameters and a model version (3 nodes, about 2 KB an entry), 20 clients.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILT, startServerProcess } from "../test/support/server-process.ts";
import { closedLoop, GraphqlClient, type Load, round } from "./support/load.ts";
import { inFolder, type Services, withServices } from "./support/services.ts";

const CLIENTS = 20;
const MODEL_FILE = "hello";
const MODEL_DIGEST = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

const PUBLISH = `mutation ($input: PublishDatasetVersionInput!) {
  publishDatasetVersion(input: $input) { datasetVersion { id } userErrors { message } }
}`;
const RECORD = `mutation ($input: RecordRunInput!) {
  recordRun(input: $input) { run { id } userErrors { code path message } projected }
}`;

interface Published {
  readonly publishDatasetVersion: { readonly datasetVersion: { readonly id: string } };
}
interface Recorded {
  readonly recordRun: { readonly projected: boolean; readonly userErrors: readonly unknown[] };
}

export interface Ingest {
  /** The same server answering a constant: what GraphQL over HTTP alone costs here. */
  readonly constant: Load;
  readonly ingest: Load;
  readonly ofConstant: number;
  /** Answers that came before the graph had the entry. */
  readonly notProjected: number;
}

/** Publishes ten dataset versions and one artifact; answers the versions' ids. */
async function prepare(client: GraphqlClient, url: string, token: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" };
  const put = await fetch(`${url}/artifacts/${MODEL_DIGEST}`, { method: "PUT", headers, body: MODEL_FILE });
  if (!put.ok) throw new Error(`the artifact was refused: ${put.status}`);
  const ids: string[] = [];
  for (let n = 0; n < 10; n++) {
    const input = { namespace: "bench", name: `dataset-${n}`, source: { uri: `s3://bench/${n}`, snapshot: "1" } };
    const { publishDatasetVersion } = await client.data<Published>(PUBLISH, { input });
    ids.push(publishDatasetVersion.datasetVersion.id);
  }
  return ids;
}

/** One run as a team's own scheduler would tell of it. */
function runInput(n: number, inputs: readonly string[]) {
  const parameters = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`parameter_${i}`, i === 0 ? n : i * 1.5]),
  );
  const signature = { inputs: [], outputs: [{ name: "probability", type: "double" }] };
  const files = [{ path: "model.json", sizeBytes: MODEL_FILE.length, digest: MODEL_DIGEST }];
  return {
    namespace: "bench",
    inputs: inputs.map((node, i) => ({ role: `input-${i}`, node })),
    parameters,
    targets: [{ role: "model", namespace: "bench", name: "model" }],
    outputs: [{ role: "model", modelVersion: { files, format: "json", signature } }],
  };
}

/** @param urls one, or several servers on the same database: the clients are dealt out among them. */
async function measure(urls: readonly string[], token: string, count: number, warmUp = count / 4): Promise<Ingest> {
  const clients = urls.map((url) => new GraphqlClient(url, token));
  const clientOf = (index: number) => clients[index % clients.length]!;
  const ids = await prepare(clients[0]!, urls[0]!, token);
  const constant = await closedLoop({ clients: CLIENTS, count, warmUp: count / 4 }, async (_, client) => {
    await clientOf(client).data("{ __typename }");
  });
  let notProjected = 0;
  const ingest = await closedLoop({ clients: CLIENTS, count, warmUp }, async (n, client) => {
    const { recordRun } = await clientOf(client).data<Recorded>(RECORD, { input: runInput(n, ids) });
    if (recordRun.userErrors.length > 0) throw new Error(JSON.stringify(recordRun.userErrors));
    if (!recordRun.projected) notProjected++;
  });
  for (const client of clients) client.close();
  return { constant, ingest, ofConstant: round(ingest.perSecond / constant.perSecond), notProjected };
}

async function embedded(count: number): Promise<Ingest> {
  return inFolder("ingest", async (dir) => {
    const server = await startServerProcess(dir, {}, BUILT);
    try {
      return await measure([server.url], readFileSync(join(dir, "admin.token"), "utf8").trim(), count);
    } finally {
      await server.stop();
    }
  });
}

async function onServices(services: Services, servers: number, count: number, warmUp?: number): Promise<Ingest> {
  return inFolder("ingest", async (dir) => {
    const environment = await services.freshStores();
    const running = [];
    try {
      for (let n = 0; n < servers; n++) running.push(await startServerProcess(dir, environment, BUILT));
      const token = readFileSync(join(dir, "admin.token"), "utf8").trim();
      return await measure(
        running.map(({ url }) => url),
        token,
        count,
      );
    } finally {
      for (const server of running) await server.stop();
    }
  });
}

/** @param count mutations a setting. */
export async function benchIngest(count = 10_000) {
  const sqliteMemory = await embedded(count);
  return withServices(async (services) => ({
    sqliteMemory,
    // A new Java machine runs at a third of its speed until it has compiled what is hot.
    postgresNeo4j: await onServices(services, 1, count, 2 * count),
    twoServers: await onServices(services, 2, count),
  }));
}
