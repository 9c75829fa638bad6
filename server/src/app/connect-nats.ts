import { readFileSync } from "node:fs";
import { Heartbeat, jsonIn, type RunEvent, type Subjects, subjects } from "@clew/schema";
import DataLoader from "dataloader";
import type { Logger } from "pino";
import { NatsBus } from "../adapters/nats/index.ts";
import type { Config } from "../config/config.ts";
import { Dispatch, DispatchWork, Sweeper } from "../features/runs/index.ts";
import type { Principal } from "../graphql/principal.ts";
import { AnnouncerWork } from "../ledger/announcer-work.ts";
import { Follower } from "../ledger/follower.ts";
import type { MeasurementRow } from "../ports/ledger-store.ts";
import type { Operations } from "../ports/operations.ts";
import { mutationHandler } from "../transports/nats/mutations.ts";
import type { Server } from "./compose.ts";
import { runEventSource } from "./run-event-source.ts";
import { execute } from "./graphql-engine.ts";
import { ReportingRunners } from "./reporting-runners.ts";
import { RUNNER_OPERATIONS } from "./runner-operations.ts";
import type { Stops } from "./stops.ts";

const MUTATIONS_AT_ONCE = 64;
const EVENTS_AT_ONCE = 256;

/** Everything between the server and NATS: announcements, invitations, heartbeats, events, mutations. */
export async function connectNats(
  config: Config & { natsUrl: string },
  server: Server,
  stops: Stops,
  log: Logger,
): Promise<void> {
  const space = subjects(config.natsPrefix);
  const { natsUrl: url, natsToken: token, natsCreds } = config;
  const credentials = natsCreds === undefined ? undefined : readFileSync(natsCreds, "utf8");
  if (config.natsSigningKey === undefined)
    log.warn(
      "NATS does not tell runners apart: each could speak for another. Set CLEW_NATS_CREDS and CLEW_NATS_SIGNING_KEY",
    );
  const bus = await NatsBus.open({ url, token, credentials, subjects: space, log });
  stops.add("nats", () => bus.close());
  await startFollowers(config, server, bus, space, stops, log);
  const reporting = new ReportingRunners(server.stores.database.nodes);
  await hearRunners(config, server, { bus, space, reporting }, log);
  server.runEvents.connect(runEventSource(bus, reporting, space));
}

async function startFollowers(
  config: Config,
  server: Server,
  bus: NatsBus,
  space: Subjects,
  stops: Stops,
  log: Logger,
) {
  const { ledger, nodes: reader, operations } = server.stores.database;
  const { tail, recorder, followers } = server.ledger;
  const publish = (subject: string, data: string, messageId: string) => bus.publish(subject, data, messageId);
  const dispatch = new Dispatch(space, publish, (subject, data) => bus.send(subject, data));
  const works = [new AnnouncerWork(ledger, space.ledgerEntries, publish), new DispatchWork(ledger, reader, dispatch)];
  for (const work of works) {
    const follower = new Follower(work, ledger, tail, log);
    followers.push(follower);
    follower.start();
    stops.add(`${work.name} follower`, () => follower.stop());
  }
  const sweeper = new Sweeper({ recorder, reader, operations, dispatch, log, leaseMs: config.leaseSeconds * 1000 });
  await sweeper.start();
  stops.add("sweeper", () => sweeper.stop());
}

interface Hearing {
  readonly bus: NatsBus;
  readonly space: Subjects;
  readonly reporting: ReportingRunners;
}

async function hearRunners(
  config: Config,
  server: Server,
  { bus, space, reporting }: Hearing,
  log: Logger,
): Promise<void> {
  const { operations } = server.stores.database;
  bus.listen(space.allRunners, (data, subject) => {
    const beat = Heartbeat.safeParse(jsonIn(data));
    if (!beat.success) return log.warn({ issues: beat.error.issues }, "a heartbeat that is none");
    const { runnerId } = beat.data;
    if (subject !== space.runner(runnerId)) return log.warn({ subject, runnerId }, "a heartbeat for another runner");
    server.presence.heard(beat.data);
    const expiresAt = Date.now() + config.leaseSeconds * 1000;
    operations
      .renewLeases(beat.data.runnerId, beat.data.leases, expiresAt)
      .catch((error: unknown) => log.warn({ err: error }, "leases were not renewed"));
  });
  // What arrives together is written together: with a transaction each, a thousand points took a second.
  const points = new DataLoader<MeasurementRow, null>((rows) => addPoints(operations, rows), { cache: false });
  await bus.consume(space.streams.events, "server", EVENTS_AT_ONCE, async (message) => {
    const point = pointIn(await reporting.read(message));
    if (point !== null) await points.load(point);
    message.ack();
  });
  const handle = mutationHandler<Principal>({
    authenticate: (token) => server.authenticator.authenticate(token),
    operation: (name) => RUNNER_OPERATIONS.get(name),
    execute: (operation, who) => execute(server.engine, operation, server.newContext(who, crypto.randomUUID())),
    reply: (subject, data) => bus.send(subject, data),
  });
  await bus.consume(space.streams.mutations, "server", MUTATIONS_AT_ONCE, handle);
}

async function addPoints(operations: Operations, rows: readonly MeasurementRow[]): Promise<null[]> {
  await operations.addMeasurements(rows);
  return rows.map(() => null);
}

/** The metric point to keep in SQL; null for logs and progress, which live in the stream, and for what another runner says of an attempt. */
function pointIn(said: RunEvent | null): MeasurementRow | null {
  if (said?.event.type !== "metric") return null;
  const { runId, attempt, n, at, event } = said;
  const value = JSON.stringify(event.value);
  return { runId, attempt, n, at: Date.parse(at), name: event.name, step: event.step, value };
}
