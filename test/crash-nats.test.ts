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
const DOWN_MS = 1_500;

test("a nats-server that is killed under runs, twice, loses no run, no point and no announcement, and doubles none", async () => {
  const dir = await aFolder("nats");
  let nats: NatsService = await startNats({ dir, own: true });
  onTestFinished(() => nats.stop());
  const server = await startServerProcess(await aFolder("server"), {
    CLEW_NATS_URL: nats.url,
    CLEW_NATS_PREFIX: PREFIX,
  });
  onTestFinished(() => server.kill());
  const pluginDir = await aMeteringPlugin();
  const runner = await startRunnerProcess(server, { natsUrl: nats.url, natsPrefix: PREFIX, pluginDir, slots: 4 });
  onTestFinished(() => runner.kill());

  const runs: SubmittedRun[] = [];
  const submit = async (count: number) => {
    for (let n = 0; n < count; n++) runs.push(await submitMetering(server));
  };
  for (let round = 1; round <= 2; round++) {
    await submit(5);
    await eventually(async () => expect((await runsIn(server, runs, "RUNNING")).length).toBeGreaterThanOrEqual(3));
    await nats.kill();
    // The server takes them all the same.
    await submit(2);
    await sleep(DOWN_MS);
    nats = await startNats({ dir, port: nats.port, own: true });
  }
  const ended = await expectRunsDone(server, runs, 60_000);
  expect(ended.map(({ measurementsComplete }) => measurementsComplete)).toEqual(runs.map(() => true));
  await expectAnnounced(server, nats.url, subjects(PREFIX).streams.ledger);
  expect([server.isAlive(), runner.isAlive()]).toEqual([true, true]);
});
