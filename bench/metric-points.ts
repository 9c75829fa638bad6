/**
 * Logging metric points as a runner does: a message for those that a job prints at once, published to JetStream until it is acknowledged;
 * and how long it takes from then until GraphQL shows them, which is when the server has them in SQL. The limit stays a bare publish each.
 */
import { type JetStreamClient, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { type PublishEvents, RunEvents } from "../runners/node/src/run-events.ts";
import { anAttempt, asRunner } from "./support/attempt.ts";
import type { BenchOptions, Figure, Measured } from "./support/figures.ts";
import { closedLoop, type GraphqlClient, type Latencies } from "./support/load.ts";
import { type BenchServer, withServer } from "./support/server.ts";
import { inFolder, withNats } from "./support/services.ts";

const BATCH = 1_000;
const AT_ONCE = 256;
const SHOWN_WITHIN_MS = 60_000;
const POINTS = `query ($id: ID!, $after: SafeInt) {
  node(id: $id) { ... on Run { metricPoints(first: 1, after: $after) { n } } }
}`;

interface Points {
  readonly node: { readonly metricPoints: readonly { readonly n: number }[] };
}

/** Latencies in ms, one for each point or batch. */
interface Logged {
  readonly point: Latencies;
  readonly batch: Latencies;
}

interface Counts {
  readonly points: number;
  readonly batches: number;
}

export async function benchMetricPoints({ quick }: BenchOptions): Promise<Measured> {
  const counts = quick ? { points: 20, batches: 2 } : { points: 500, batches: 20 };
  return withNats((url) =>
    inFolder("metrics", (dir) =>
      withServer(dir, { CLEW_NATS_URL: url, CLEW_LEASE_SECONDS: "3600" }, async (server) => {
        const connection = await connect({ servers: url });
        try {
          await (await jetstreamManager(connection)).streams.add({ name: "BARE", subjects: ["bare"] });
          return await measure(server, jetstream(connection), counts);
        } finally {
          await connection.close();
        }
      }),
    ),
  );
}

async function measure(server: BenchServer, stream: JetStreamClient, counts: Counts): Promise<Measured> {
  const { client } = server;
  const attempt = await anAttempt(server);
  const bare = await logAll(new BareLog(stream), counts, async () => {});
  const log = new Log(attempt.run, asRunner(stream, attempt.runner));
  const acknowledged = await logAll(log, counts, async () => {});
  const catchUp = await timed(() => untilShown(client, log));
  const shown = await logAll(log, { points: counts.points / 5, batches: counts.batches / 2 }, () =>
    untilShown(client, log),
  );
  return { figures: figuresOf(bare, acknowledged, shown), detail: { bare, acknowledged, catchUpMs: catchUp, shown } };
}

interface Logging {
  /** Resolves when every point is acknowledged. */
  log(count: number): Promise<void>;
}

/** A message for each point, to a stream that nobody reads and that looks for no duplicates; 256 on their way at once. */
class BareLog implements Logging {
  readonly #stream: JetStreamClient;

  constructor(stream: JetStreamClient) {
    this.#stream = stream;
  }

  async log(count: number): Promise<void> {
    const onTheirWay = new Set<Promise<unknown>>();
    for (let step = 0; step < count; step++) {
      if (onTheirWay.size >= AT_ONCE) await Promise.race(onTheirWay);
      const said = JSON.stringify({
        at: new Date(),
        event: { type: "metric", name: "loss", value: 1 / (step + 1), step },
      });
      const published = this.#stream.publish("bare", said).finally(() => onTheirWay.delete(published));
      onTheirWay.add(published);
    }
    await Promise.all(onTheirWay);
  }
}

/** One attempt's points, sent as the runner sends them. */
class Log implements Logging {
  readonly runId: string;
  readonly #events: RunEvents;
  #sent = 0;

  constructor(runId: string, publish: PublishEvents) {
    this.runId = runId;
    this.#events = new RunEvents({ runId, attempt: 1, publish, signal: AbortSignal.timeout(600_000) });
  }

  get sent(): number {
    return this.#sent;
  }

  async log(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await this.#events.send({ type: "metric", name: "loss", value: 1 / (this.#sent + 1), step: this.#sent });
      this.#sent += 1;
    }
    await this.#events.flush();
  }
}

/** @param then waited for after each, and measured with it. */
async function logAll(log: Logging, { points, batches }: Counts, then: () => Promise<void>): Promise<Logged> {
  const loop = (count: number, size: number) =>
    closedLoop({ clients: 1, count, warmUp: count }, async () => {
      await log.log(size);
      await then();
    });
  return { point: await loop(points, 1), batch: await loop(batches, BATCH) };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round(performance.now() - startedAt);
}

/** Asks until the newest point is there. */
async function untilShown(client: GraphqlClient, { runId, sent }: Log): Promise<void> {
  const until = performance.now() + SHOWN_WITHIN_MS;
  for (;;) {
    const { node } = await client.data<Points>(POINTS, { id: runId, after: sent - 1 });
    if (node.metricPoints[0]?.n === sent) return;
    if (performance.now() > until) throw new Error(`point ${sent} did not appear`);
  }
}

function figuresOf(bare: Logged, acknowledged: Logged, shown: Logged): Figure[] {
  const limit = (what: string, value: number) => ({ what: `bare JetStream publish, ${what}`, value });
  const point = limit("one", bare.point.p50);
  const batch = limit(`${BATCH}`, bare.batch.p50);
  return [
    { work: "log a metric point, p50", value: acknowledged.point.p50, unit: "ms", limit: point, mark: { atMost: 2 } },
    { work: `log ${BATCH} points, p50`, value: acknowledged.batch.p50, unit: "ms", limit: batch, mark: { atMost: 20 } },
    { work: "log a point until GraphQL shows it, p50", value: shown.point.p50, unit: "ms", limit: point },
    { work: `log ${BATCH} points until GraphQL shows them, p50`, value: shown.batch.p50, unit: "ms", limit: batch },
  ];
}
