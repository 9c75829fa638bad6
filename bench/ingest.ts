/**
 * How many mutations a second are recorded and answered when the graph has them: one mutation is an external run with 10 inputs, 20
 * parameters and a model version (3 nodes, about 2 KB an entry), 20 clients.
 */
import type { BenchOptions, Figure, Measured } from "./support/figures.ts";
import { closedLoop, GraphqlClient, type Load } from "./support/load.ts";
import { type BenchServer, startBenchServer, withServer } from "./support/server.ts";
import { inFolder, type Services, withServices } from "./support/services.ts";

export const CLIENTS = 20;
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
  /** Answers that came before the graph had the entry. */
  readonly notProjected: number;
  /** Resident at the end, and the most that was, of each server; MiB. */
  readonly residentMiB: readonly number[];
  readonly peakMiB: readonly number[];
}

/** Publishes ten dataset versions and one artifact; answers the versions' ids. */
export async function prepare(client: GraphqlClient, url: string, token: string): Promise<string[]> {
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

/** Records the nth run. Answers whether the graph had it by then. */
export async function recordRun(client: GraphqlClient, n: number, inputs: readonly string[]): Promise<boolean> {
  const { recordRun: recorded } = await client.data<Recorded>(RECORD, { input: runInput(n, inputs) });
  if (recorded.userErrors.length > 0) throw new Error(JSON.stringify(recorded.userErrors));
  return recorded.projected;
}

/** @param servers one, or several on the same database: the clients are dealt out among them. */
async function measure(servers: readonly BenchServer[], count: number, warmUp = count / 4): Promise<Ingest> {
  const [{ url, token, client: first }] = servers as [BenchServer];
  const clientOf = (index: number) => servers[index % servers.length]!.client;
  const ids = await prepare(first, url, token);
  const constant = await closedLoop({ clients: CLIENTS, count, warmUp: count / 4 }, async (_, client) => {
    await clientOf(client).data("{ __typename }");
  });
  let notProjected = 0;
  const ingest = await closedLoop({ clients: CLIENTS, count, warmUp }, async (n, client) => {
    if (!(await recordRun(clientOf(client), n, ids))) notProjected++;
  });
  const residentMiB = servers.map((server) => server.residentMiB());
  return { constant, ingest, notProjected, residentMiB, peakMiB: servers.map((server) => server.peakMiB()) };
}

async function embedded(count: number): Promise<Ingest> {
  return inFolder("ingest", (dir) => withServer(dir, {}, (server) => measure([server], count)));
}

async function onServices(services: Services, servers: number, count: number, warmUp?: number): Promise<Ingest> {
  return inFolder("ingest", async (dir) => {
    const environment = await services.freshStores();
    const running: BenchServer[] = [];
    try {
      for (let n = 0; n < servers; n++) running.push(await startBenchServer(dir, environment));
      return await measure(running, count, warmUp);
    } finally {
      for (const server of running) await server.stop();
    }
  });
}

export async function benchIngest({ quick }: BenchOptions): Promise<Measured> {
  const count = quick ? 100 : 10_000;
  const sqliteMemory = await embedded(count);
  return withServices(async (services) => {
    // A new Java machine runs at a third of its speed until it has compiled what is hot; two servers share the work that warms one.
    const postgresNeo4j = await onServices(services, 1, count, 2 * count);
    const twoServers = await onServices(services, 2, count, 2 * count);
    return {
      figures: [
        ...figuresOf("SQLite + memory", sqliteMemory, 2_000),
        ...figuresOf("PostgreSQL + Neo4j", postgresNeo4j, 700),
        {
          work: "ingest, two servers on one PostgreSQL + Neo4j",
          value: twoServers.ingest.perSecond,
          unit: "/s",
          limit: { what: "one server", value: postgresNeo4j.ingest.perSecond },
          mark: { atLeast: 1, times: true },
        },
      ],
      detail: { sqliteMemory, postgresNeo4j, twoServers },
    };
  });
}

function figuresOf(stores: string, { constant, ingest, residentMiB }: Ingest, atLeast: number): Figure[] {
  return [
    {
      work: `ingest, ${stores}`,
      value: ingest.perSecond,
      unit: "/s",
      limit: { what: "GraphQL answering a constant", value: constant.perSecond },
      mark: { atLeast },
    },
    { work: `resident after it, ${stores}`, value: residentMiB[0]!, unit: "MiB", mark: { atMost: 400 } },
  ];
}
