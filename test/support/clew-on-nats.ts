import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, onTestFinished } from "vitest";
import { createLogger, startRunner } from "../../runners/node/src/index.ts";
import { aRunner, type BuiltRunner } from "./builders.ts";
import { deleteStreams, eventually, hostConfig } from "./runner-host.ts";
import { startTestServer, unique } from "./server.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";

/** The real server on the real NATS, with a prefix of its own. */
export async function aClew(leaseSeconds = 30) {
  const natsPrefix = unique("e2e");
  const server = await startTestServer({ natsUrl: NATS, natsPrefix, leaseSeconds });
  onTestFinished(async () => {
    await server.stop();
    const connection = await connect({ servers: NATS });
    await deleteStreams(await jetstreamManager(connection), natsPrefix);
    await connection.close();
  });
  return { server, natsUrl: NATS, natsPrefix };
}
export type Clew = Awaited<ReturnType<typeof aClew>>;

/**
 * Ends what a killed runner holds of these runs, as the end of its lease would: with a lease so short that a test can wait for it, a runner
 * that lives would lose its own where the machine has much else to do. What it said last may be heard late, hence more than once.
 */
export async function endLeases({ server }: Clew, runnerId: string, ...runIds: string[]): Promise<void> {
  const { operations } = server.running.server.stores.database;
  await eventually(async () => {
    const held = (await operations.leases(runIds)).filter((lease) => lease.runnerId === runnerId);
    await operations.renewLeases(runnerId, held, Date.now());
    expect(held).toEqual([]);
  });
}

/** A real runner of that server, in this process. */
export async function aHost({ server, natsPrefix }: Clew, pluginDirs: string[], given?: BuiltRunner) {
  const enrolled = given ?? (await aRunner(server));
  const log: string[] = [];
  const runner = await startRunner({
    log: createLogger("debug", [enrolled.token], { write: (line) => void log.push(line) }),
    config: await hostConfig({
      natsUrl: NATS,
      natsPrefix,
      serverUrl: server.url,
      runnerId: enrolled.id,
      runnerToken: enrolled.token,
      slots: 2,
      pluginDirs,
    }),
  });
  onTestFinished(async () => await runner.stop());
  return { id: enrolled.id, log, drain: () => runner.drain(), stop: () => runner.stop() };
}
