import { setTimeout as sleep } from "node:timers/promises";
import { type NatsService, startNats } from "@clew/cli/services";
import { subjects } from "@clew/schema";
import { expect, onTestFinished, test } from "vitest";
import {
  aMeteringPlugin,
  expectAnnounced,
  expectRunsDone,
  runsIn,
  type SubmittedRun,
  submitMetering,
} from "./support/metering-runs.ts";
import { aFolder, eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { startServerProcess } from "./support/server-process.ts";

const PREFIX = "crash";
/** Longer than runners take to try NATS again after so long a time. */
const LEASE_SECONDS = 10;
/** Less than the 5 s for which a runner waits for an answer and a publisher for NATS; more than these and a lease. */
const DOWN_MS = [1_500, 12_000];

test("a nats-server that is killed under runs, twice, loses no run, no point and no announcement, and doubles none", async () => {
  const dir = await aFolder("nats");
  let nats: NatsService = await startNats({ dir, own: true });
  onTestFinished(() => nats.stop());
  const server = await startServerProcess(await aFolder("server"), {
    CLEW_NATS_URL: nats.url,
    CLEW_NATS_PREFIX: PREFIX,
    CLEW_LEASE_SECONDS: String(LEASE_SECONDS),
  });
  onTestFinished(() => server.kill());
  const pluginDir = await aMeteringPlugin();
  const runner = await startRunnerProcess(server, { natsUrl: nats.url, natsPrefix: PREFIX, pluginDir, slots: 4 });
  onTestFinished(() => runner.kill());

  const runs: SubmittedRun[] = [];
  const submit = async (count: number) => {
    for (let n = 0; n < count; n++) runs.push(await submitMetering(server));
  };
  for (const downMs of DOWN_MS) {
    await submit(5);
    await eventually(async () => expect((await runsIn(server, runs, "RUNNING")).length).toBeGreaterThanOrEqual(3));
    await nats.kill();
    // The server takes them all the same.
    await submit(2);
    await sleep(downMs);
    nats = await startNats({ dir, port: nats.port, own: true });
  }
  const ended = await expectRunsDone(server, runs, 60_000);
  expect(ended.map(({ measurementsComplete }) => measurementsComplete)).toEqual(runs.map(() => true));
  // Nor an attempt: whoever had no answer has asked again, and nobody could have heard a heartbeat.
  expect(ended.map(({ attempts }) => attempts.length)).toEqual(runs.map(() => 1));
  await expectAnnounced(server, nats.url, subjects(PREFIX).streams.ledger);
  expect([server.isAlive(), runner.isAlive()]).toEqual([true, true]);
});
