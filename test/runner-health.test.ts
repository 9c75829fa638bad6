import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startNats } from "@clew/cli/services";
import { expect, onTestFinished, test } from "vitest";
import { aFolder, aRunner, aServer, eventually } from "./support/runner-host.ts";

const PROGRAM = fileURLToPath(new URL("../runners/node/bin/clew-runner-health.mjs", import.meta.url));
/** A little more than the longest time between two heartbeats. */
const A_BEAT_MS = 5_500;

function check(file: string, ...options: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [...options, PROGRAM], { env: { CLEW_HEALTH_FILE: file } });
  return { status, why: String(stderr) };
}

test("the health check follows the heartbeats that get through to NATS", async () => {
  const dir = await aFolder("nats");
  let nats = await startNats({ dir, own: true });
  onTestFinished(() => nats.stop());
  const server = await aServer(nats.url);
  const healthFile = join(await aFolder("health"), "health.json");
  expect(check(healthFile)).toMatchObject({ status: 1, why: expect.stringContaining("no heartbeat is known") });
  const runner = await aRunner(server, nats.url, { healthFile });
  const said = () => JSON.parse(readFileSync(healthFile, "utf8")) as { heartbeatAt: string };
  await eventually(() => expect(check(healthFile)).toEqual({ status: 0, why: "" }));
  expect(said()).toMatchObject({ runnerId: server.runnerId, state: "ready", jobs: 0 });

  const before = said();
  await eventually(() => expect(said().heartbeatAt).not.toBe(before.heartbeatAt));
  await nats.stop();
  // A beat that was on its way may still be written down.
  await sleep(500);
  const last = said();
  await sleep(A_BEAT_MS);
  expect(said()).toEqual(last);
  nats = await startNats({ dir, port: nats.port, own: true });
  await eventually(() => expect(said().heartbeatAt).not.toBe(last.heartbeatAt));
  await runner.stop();
  expect(existsSync(healthFile)).toBe(false);
});

test("a heartbeat is too old once the server counts the runner as gone", async () => {
  const file = join(await aFolder("health"), "health.json");
  const beatAt = Date.now();
  writeFileSync(file, JSON.stringify({ heartbeatAt: new Date(beatAt).toISOString() }));
  // By a clock that stands still: on a busy machine the program takes seconds to start.
  const checkAfter = (ms: number) => check(file, `--import=data:text/javascript,Date.now=()=>${beatAt + ms}`);
  expect(checkAfter(15_000)).toEqual({ status: 0, why: "" });
  expect(checkAfter(15_001)).toMatchObject({
    status: 1,
    why: expect.stringContaining("no heartbeat has got through since"),
  });
  writeFileSync(file, "{}");
  expect(check(file).status).toBe(1);
});
