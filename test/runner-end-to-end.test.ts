import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CancelRunDocument, RunMetricsDocument } from "@clew/schema/graphql";
import { describe, expect, test } from "vitest";
import { aDataset, anArtifact, aQueuedRun } from "./support/builders.ts";
import { aClew, aHost } from "./support/clew-on-nats.ts";
import { theRun } from "./support/metering-runs.ts";
import { COUNT_ROWS, aFolder, aShellPlugin, eventually } from "./support/runner-host.ts";
import type { TestServer } from "./support/server.ts";
import { WAITING } from "./support/waiting-job.ts";

const ended = async (server: TestServer, id: string, state: string) =>
  await eventually(async () => expect((await theRun(server, id)).state).toBe(state), 40_000);

describe("the real server and the real runner", () => {
  test("a queued run is claimed, runs on its inputs, and its report is in the ledger with environment and metrics", async () => {
    const clew = await aClew();
    const { server } = clew;
    const host = await aHost(clew, [COUNT_ROWS]);
    const files = [await anArtifact(server, Buffer.from("x\n1\n2\n"), "rows.csv")];
    const data = await aDataset(server, { files });
    const inputs = [{ role: "data", node: data.id }];
    const id = await aQueuedRun(server, { plugin: "count-rows", inputs, parameters: { minRows: 2 } });
    await ended(server, id, "SUCCEEDED");

    const run = await theRun(server, id);
    expect(run.attempts).toMatchObject([{ attempt: 1, state: "SUCCEEDED", runner: host.id, failure: null }]);
    expect(run.outputs[0]).toMatchObject({
      role: "report",
      node: {
        verdict: "PASS",
        metrics: [
          { name: "rows", value: 2 },
          { name: "files", value: 1 },
        ],
      },
    });
    const environment = run.inputs.find(({ role }) => role === "environment");
    expect(environment?.node).toMatchObject({ values: { plugin: "count-rows", node: process.versions.node } });
    expect(run.inputs.find(({ role }) => role === "data")?.node.id).toBe(data.id);
    const metrics = await server.gql(RunMetricsDocument, { id });
    expect(metrics.data.node).toMatchObject({ metricPoints: [{ name: "rows", step: 1, value: 2, attempt: 1, n: 1 }] });
  });

  test("a cancelled run's job ends, and its runner reports nothing more", async () => {
    const clew = await aClew();
    const { server } = clew;
    const { parameters, pluginDir, isAlive, isBegun } = await aWait();
    const host = await aHost(clew, [pluginDir]);
    const id = await aQueuedRun(server, { plugin: "waits", parameters });
    await eventually(isBegun);
    await server.gql(CancelRunDocument, { input: { run: id, reason: "a mistake" } });
    await eventually(async () => expect(await isAlive()).toBe(false));
    await host.drain();
    const run = await theRun(server, id);
    expect(run).toMatchObject({ state: "CANCELLED", failure: { type: "CANCELLED", message: "a mistake" } });
    expect(host.log.join("")).not.toContain("ends without a report");
  });

  test("a runner that dies loses its lease, and another one's attempt comes to the end", async () => {
    const clew = await aClew(5);
    const { server } = clew;
    const { parameters, pluginDir, letGo, isBegun } = await aWait();
    const first = await aHost(clew, [pluginDir]);
    const id = await aQueuedRun(server, { plugin: "waits", parameters });
    await eventually(isBegun);
    await first.stop();
    await letGo();
    const second = await aHost(clew, [pluginDir]);
    await ended(server, id, "SUCCEEDED");
    expect((await theRun(server, id)).attempts).toMatchObject([
      { attempt: 1, state: "LOST", runner: first.id },
      { attempt: 2, state: "SUCCEEDED", runner: second.id },
    ]);
  });

  test("a lease is renewed for as long as the job takes", async () => {
    const leaseSeconds = 10;
    const clew = await aClew(leaseSeconds);
    const { server } = clew;
    const { parameters, pluginDir, letGo, isBegun } = await aWait();
    await aHost(clew, [pluginDir]);
    const id = await aQueuedRun(server, { plugin: "waits", parameters });
    await eventually(isBegun);
    const endsAt = async () => (await server.running.server.stores.database.operations.leases([id]))[0]!.expiresAt;
    const first = await endsAt();
    // Renewed at a time when it would have run out.
    await eventually(async () => expect(await endsAt()).toBeGreaterThan(first + leaseSeconds * 1_000), 40_000);
    await letGo();
    await ended(server, id, "SUCCEEDED");
    expect((await theRun(server, id)).attempts).toHaveLength(1);
  });
});

/** A plugin whose job waits until it is let go. */
async function aWait() {
  const dir = await aFolder("signs");
  const parameters = { until: join(dir, "go"), pidFile: join(dir, "pid") };
  return {
    parameters,
    pluginDir: await aShellPlugin("waits", WAITING),
    letGo: () => writeFile(parameters.until, ""),
    isBegun: () => expect(existsSync(parameters.pidFile)).toBe(true),
    isAlive: async () => existsSync(`/proc/${(await readFile(parameters.pidFile, "utf8")).trim()}`),
  };
}
