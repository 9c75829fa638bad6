import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type NatsService, startNats } from "@clew/cli/services";
import { subjects } from "@clew/schema";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { aHeldMeteringPlugin, expectRunsDone, runsIn, submitMetering } from "./support/metering-runs.ts";
import { aFolder, eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { startServerProcess } from "./support/server-process.ts";

const PREFIX = "empty";
/** After which a run that waits is invited again in any case. */
const INVITE_AGAIN_MS = 30_000;

/** A NATS of the test's own, which can lose everything that it holds. */
async function aForgetfulNats() {
  const dir = await aFolder("nats");
  let nats: NatsService = await startNats({ dir, own: true });
  onTestFinished(() => nats.stop());
  const comeBackEmpty = async () => {
    await nats.kill();
    await rm(join(dir, "jetstream"), { recursive: true });
    nats = await startNats({ dir, port: nats.port, own: true });
  };
  /** How many there have been since it came back. */
  const invitations = async () => {
    const connection = await connect({ servers: nats.url });
    try {
      const { streams } = await jetstreamManager(connection);
      return (await streams.info(subjects(PREFIX).streams.jobs)).state.last_seq;
    } finally {
      await connection.close();
    }
  };
  return { url: nats.url, comeBackEmpty, invitations };
}

test("a NATS that comes back with an empty store has its streams again: runs that waited are done, and new ones", async () => {
  const nats = await aForgetfulNats();
  const server = await startServerProcess(await aFolder("server"), {
    CLEW_NATS_URL: nats.url,
    CLEW_NATS_PREFIX: PREFIX,
  });
  onTestFinished(() => server.kill());
  const { pluginDir, letGo } = await aHeldMeteringPlugin();
  const runner = await startRunnerProcess(server, { natsUrl: nats.url, natsPrefix: PREFIX, pluginDir, slots: 1 });
  onTestFinished(() => runner.kill());

  // One runs, and two wait with their invitations in the stream.
  const from = Date.now();
  const runs = [await submitMetering(server), await submitMetering(server), await submitMetering(server)];
  await eventually(async () => expect(await runsIn(server, runs, "RUNNING")).toHaveLength(1));
  await nats.comeBackEmpty();
  const untilInvitedAnyway = from + INVITE_AGAIN_MS - Date.now();
  await eventually(async () => expect(await nats.invitations()).toBeGreaterThanOrEqual(2), untilInvitedAnyway);
  await letGo();
  await expectRunsDone(server, runs, 60_000);
  runs.push(await submitMetering(server));
  await expectRunsDone(server, runs, 60_000);
  expect([server.isAlive(), runner.isAlive()]).toEqual([true, true]);
});
