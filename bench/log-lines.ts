/**
 * A job that says 100,000 lines as fast as it can: how many a second are kept in SQL, how many the runner publishes, and how fast runs are
 * recorded meanwhile, beside as many without it.
 */
import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { RunEvents } from "../runners/node/src/run-events.ts";
import { CLIENTS, prepare, recordRun } from "./ingest.ts";
import { anAttempt, asRunner } from "./support/attempt.ts";
import type { BenchOptions, Measured } from "./support/figures.ts";
import { closedLoop, type GraphqlClient, round } from "./support/load.ts";
import { type BenchServer, withServer } from "./support/server.ts";
import { inFolder, withNats, withPostgres } from "./support/services.ts";

/** As a training writes one for each step. */
const LINE =
  "epoch 17/100, step 4711: loss 0.4711, learning rate 0.001, 812 rows/s, gradient norm 1.02, memory 512 MiB";
const WITHIN_MS = 300_000;
const NEWEST = `query ($id: ID!, $after: String) { node(id: $id) { ... on Run { logs(first: 1, after: $after) { nodes { n } } } } }`;

interface Newest {
  readonly node: { readonly logs: { readonly nodes: readonly { readonly n: number }[] } };
}

interface Counts {
  readonly lines: number;
  readonly runs: number;
}

export async function benchLogLines({ quick }: BenchOptions): Promise<Measured> {
  const counts = quick ? { lines: 2_000, runs: 100 } : { lines: 100_000, runs: 5_000 };
  const sqlite = await inFolder("logs", (dir) => onStores(dir, {}, counts));
  const postgres = await withPostgres((url) =>
    inFolder("logs", (dir) => onStores(dir, { CLEW_POSTGRES_URL: url }, counts)),
  );
  return {
    figures: [...figuresOf("SQLite", sqlite), ...figuresOf("PostgreSQL", postgres)],
    detail: { sqlite, postgres },
  };
}

async function onStores(dir: string, stores: Record<string, string>, counts: Counts): Promise<Log> {
  return withNats((url) =>
    withServer(dir, { CLEW_NATS_URL: url, CLEW_LEASE_SECONDS: "3600", ...stores }, async (server) => {
      const connection = await connect({ servers: url });
      try {
        return await measure(server, jetstream(connection), counts);
      } finally {
        await connection.close();
      }
    }),
  );
}

type Log = Awaited<ReturnType<typeof measure>>;

async function measure(server: BenchServer, stream: JetStreamClient, { lines, runs }: Counts) {
  const { client, url, token } = server;
  const ids = await prepare(client, url, token);
  const ingest = (warmUp: number) =>
    closedLoop({ clients: CLIENTS, count: runs, warmUp }, async (n) => void (await recordRun(client, n, ids)));
  const quiet = await ingest(runs);
  const log = await say(server, stream, lines);
  const [loud, beside] = await Promise.all([ingest(0), say(server, stream, lines)]);
  return { quiet, log, loud, beside, peakMiB: server.peakMiB() };
}

/** Lines a second until the last was acknowledged by NATS, and until the server has it in SQL. */
async function say(server: BenchServer, stream: JetStreamClient, lines: number) {
  const { run, runner } = await anAttempt(server);
  const signal = AbortSignal.timeout(WITHIN_MS);
  const events = new RunEvents({ runId: run, attempt: 1, publish: asRunner(stream, runner), signal });
  const startedAt = performance.now();
  for (let n = 0; n < lines; n++) await events.send({ type: "log", level: "info", message: LINE });
  await events.flush();
  const published = performance.now() - startedAt;
  await untilKept(server.client, run, lines, signal);
  const perSecond = (ms: number) => Math.round((lines / ms) * 1000);
  return { publishedPerSecond: perSecond(published), keptPerSecond: perSecond(performance.now() - startedAt) };
}

async function untilKept(client: GraphqlClient, id: string, lines: number, signal: AbortSignal): Promise<void> {
  const after = Buffer.from(JSON.stringify([1, lines - 1])).toString("base64url");
  for (;;) {
    const { node } = await client.data<Newest>(NEWEST, { id, after });
    if (node.logs.nodes[0]?.n === lines) return;
    signal.throwIfAborted();
  }
}

function figuresOf(store: string, { quiet, log, loud }: Log) {
  const limit = { what: "published to JetStream", value: log.publishedPerSecond };
  const without = { what: "without a job that says a lot", value: round(quiet.perSecond) };
  return [
    { work: `lines of a job's log kept, ${store}`, value: log.keptPerSecond, unit: "/s" as const, limit },
    { work: `ingest meanwhile, ${store}`, value: loud.perSecond, unit: "/s" as const, limit: without },
  ];
}
