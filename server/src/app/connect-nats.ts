import { readFileSync } from "node:fs";
import { Heartbeat, jsonIn, type Subjects, subjects } from "@clew/schema";
import type { Logger } from "pino";
import { NatsBus } from "../adapters/nats/index.ts";
import type { Config } from "../config/config.ts";
import { ResendWork } from "../features/dead-letters/index.ts";
import { Dispatch, DispatchWork, type Publish, Sweeper } from "../features/runs/index.ts";
import type { Principal } from "../graphql/principal.ts";
import { AnnouncerWork } from "../ledger/announcer-work.ts";
import { mutationHandler } from "../transports/nats/mutations.ts";
import type { Server } from "./compose.ts";
import { NatsDeadLetters } from "./dead-letter-store.ts";
import { NatsEndpointStream } from "./nats-endpoint-stream.ts";
import { keepMutation, keepUntaken } from "./keep-dead-letters.ts";
import { keepRunEvents } from "./keep-run-events.ts";
import { runEventSource } from "./run-event-source.ts";
import { execute } from "./graphql-engine.ts";
import { ReportingRunners } from "./reporting-runners.ts";
import { RUNNER_OPERATIONS } from "./runner-operations.ts";
import { startFollower } from "./start-follower.ts";
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
  const letters = new NatsDeadLetters(bus, space);
  server.deadLetters.connect(letters);
  server.endpointStreams.connect(new NatsEndpointStream(bus, space));
  await startFollowers(config, server, { bus, space, letters }, stops, log);
  const { nodes: reader } = server.stores.database;
  const reporting = new ReportingRunners(reader);
  await hearRunners(config, server, { bus, space, letters, reporting }, log);
  await keepUntaken(bus, space, letters, reader, log);
  server.runEvents.connect(runEventSource(bus, reporting, space));
}

interface Connected {
  readonly bus: NatsBus;
  readonly space: Subjects;
  readonly letters: NatsDeadLetters;
}

async function startFollowers(
  config: Config,
  server: Server,
  { bus, space, letters }: Connected,
  stops: Stops,
  log: Logger,
) {
  const { ledger, nodes: reader, operations } = server.stores.database;
  const { recorder } = server.ledger;
  const publish: Publish = (...message) => bus.publish(...message);
  const dispatch = new Dispatch(
    space,
    publish,
    (subject, data) => bus.send(subject, data),
    (runId) => letters.drop(runId),
  );
  const works = [
    new AnnouncerWork(ledger, space.ledgerEntries, publish),
    new DispatchWork(ledger, reader, dispatch),
    new ResendWork(ledger, letters),
  ];
  for (const work of works) startFollower(work, server.ledger, ledger, stops, log);
  const sweeper = new Sweeper({
    recorder,
    reader,
    operations,
    dispatch,
    findUntaken: (run) => server.deadLetters.ofRun(run),
    log,
    leaseMs: config.leaseSeconds * 1000,
    isHearing: () => bus.isConnected,
  });
  bus.onRemade((streams) => {
    if (streams.includes(space.streams.jobs)) sweeper.invitationsLost();
  });
  await sweeper.start();
  stops.add("sweeper", () => sweeper.stop());
}

interface Hearing extends Connected {
  readonly reporting: ReportingRunners;
}

async function hearRunners(
  config: Config,
  server: Server,
  { bus, space, letters, reporting }: Hearing,
  log: Logger,
): Promise<void> {
  const { operations, logs } = server.stores.database;
  const hear = async (beat: Heartbeat): Promise<void> => {
    const { runnerId, leases } = beat;
    if (!(await server.authenticator.isAdmitted(runnerId)))
      return log.warn({ runnerId }, "a heartbeat of a runner whose tokens are revoked; its leases run out");
    server.presence.heard(beat);
    await operations.renewLeases(runnerId, leases, Date.now() + config.leaseSeconds * 1000);
  };
  bus.listen(space.allRunners, (data, subject) => {
    const beat = Heartbeat.safeParse(jsonIn(data));
    if (!beat.success) return log.warn({ issues: beat.error.issues }, "a heartbeat that is none");
    const { runnerId } = beat.data;
    if (subject !== space.runner(runnerId)) return log.warn({ subject, runnerId }, "a heartbeat for another runner");
    hear(beat.data).catch((error: unknown) => log.warn({ err: error }, "leases were not renewed"));
  });
  const keep = keepRunEvents({ operations, logs, logLinesMax: config.logLinesMax });
  await bus.consume(space.streams.events, "server", EVENTS_AT_ONCE, async (message) => {
    await keep(await reporting.read(message));
    message.ack();
  });
  const handle = mutationHandler<Principal>({
    authenticate: (token) => server.authenticator.authenticate(token),
    operation: (name) => RUNNER_OPERATIONS.get(name),
    execute: (operation, who) => execute(server.engine, operation, server.newContext(who, crypto.randomUUID())),
    reply: (subject, data) => bus.send(subject, data),
    replyMaxBytes: () => bus.messageMaxBytes,
    bury: (message, reason) => keepMutation(space, letters, message, reason),
  });
  await bus.consume(space.streams.mutations, "server", MUTATIONS_AT_ONCE, handle);
}
