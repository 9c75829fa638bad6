import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type NatsService, startNats } from "@clew/cli/services";
import { expect, onTestFinished, test } from "vitest";
import { aMeteringPlugin, expectRunsDone, runsIn, submitMetering } from "./support/metering-runs.ts";
import { aFolder, eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { startServerProcess } from "./support/server-process.ts";

const PREFIX = "empty";

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
  return { url: nats.url, comeBackEmpty };
}

test("a NATS that comes back with an empty store has its streams again: runs that waited are done, and new ones", async () => {
  const nats = await aForgetfulNats();
  const server = await startServerProcess(await aFolder("server"), {
    CLEW_NATS_URL: nats.url,
    CLEW_NATS_PREFIX: PREFIX,
  });
  onTestFinished(() => server.kill());
  const pluginDir = await aMeteringPlugin();
  const runner = await startRunnerProcess(server, { natsUrl: nats.url, natsPrefix: PREFIX, pluginDir, slots: 1 });
  onTestFinished(() => runner.kill());

  // One runs, and two wait with their invitations in the stream.
  const runs = [await submitMetering(server), await submitMetering(server), await submitMetering(server)];
  await eventually(async () => expect(await runsIn(server, runs, "RUNNING")).toHaveLength(1));
  await nats.comeBackEmpty();
  // Less than the 30 s after which a run that waits is invited again in any case.
  await eventually(async () => expect(await runsIn(server, runs, "SUCCEEDED")).toHaveLength(3), 25_000);
  runs.push(await submitMetering(server));
  await expectRunsDone(server, runs, 15_000);
  expect([server.isAlive(), runner.isAlive()]).toEqual([true, true]);
});
