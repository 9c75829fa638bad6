import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { subjects } from "@clew/schema";
import {
  AlertsDocument,
  CreateEndpointDocument,
  DecideDocument,
  DeployDocument,
  EndpointDocument,
  RecordLabelsDocument,
  ReportsDocument,
  RunDocument,
} from "@clew/schema/graphql";
import { expect, onTestFinished, test } from "vitest";
import { aRequest, SIGNATURE } from "../plugins/serve-models/test/service.ts";
import { aDataset, aModel, anArtifact, aQueuedRun } from "./support/builders.ts";
import { aClew, aHost, type Clew, endLeases } from "./support/clew-on-nats.ts";
import { eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { unique } from "./support/server.ts";
import { aServingRunner } from "./support/watcher.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const SERVE_MODELS = path("../plugins/serve-models");
const MONITOR = path("../plugins/monitor");
const REASON = "for a test";
const ROWS = 3;
const WINDOW_ROWS = 60;
/** A monitor that has nothing to read hears of it after 10 s. */
const SOON_MS = 60_000;

/** An endpoint that is served, and the rows that its model was trained on, as it were: of other hours than the requests. */
async function aServedEndpoint(clew: Clew) {
  const { server } = clew;
  const namespace = unique("monitored");
  const endpoint = `${namespace}/delay`;
  await server.gql(CreateEndpointDocument, { input: { namespace, name: "delay" } });
  const files = await Promise.all(
    ["model.json", "pipeline.json", "weights.bin"].map(
      async (name) => await anArtifact(server, await readFile(`${SERVE_MODELS}/test/model/${name}`), name),
    ),
  );
  const model = await aModel(server, { namespace, format: "tfjs-layers", signature: SIGNATURE, files });
  await server.gql(DecideDocument, { input: { about: model.id, decisionType: "APPROVAL", reason: REASON } });
  await aHost(clew, [SERVE_MODELS]);
  await aQueuedRun(server, { namespace, plugin: "serve-models", endpoint, parameters: { backend: "wasm" } });
  const input = { endpoint, serves: [{ modelVersion: model.id, weight: 100 }], reason: REASON };
  const { data } = await server.gql(DeployDocument, { input });
  const state = async () => (await server.gql(EndpointDocument, { key: endpoint })).data!.endpoint!;
  await eventually(async () => expect((await state()).listensAt).toHaveLength(1), SOON_MS);
  const [url] = (await state()).listensAt;
  const rows = Array.from({ length: 300 }, (_, row) => `${"ABC"[row % 3]!},${20 + (row % 4)}`);
  const csv = await anArtifact(server, Buffer.from(`port,hour\n${rows.join("\n")}\n`), "rows.csv");
  const reference = await aDataset(server, { namespace, files: [csv] });
  const infer = async () => {
    const body = JSON.stringify(aRequest(ROWS));
    const response = await fetch(`${url!}/v2/models/delay/infer`, { method: "POST", body });
    return ((await response.json()) as { parameters: { inference_id: string } }).parameters.inference_id;
  };
  return {
    namespace,
    endpoint,
    endpointId: (await state()).id,
    deployment: data!.deploy.deployment!.id,
    model: model.id,
    reference: reference.id,
    /** Sends so many requests, one after another, and answers their inferences' ids. */
    async ask(requests: number) {
      const ids: string[] = [];
      for (let n = 0; n < requests; n++) ids.push(await infer());
      return ids;
    },
    async label(ids: readonly string[]) {
      const at = new Date().toISOString();
      const labels = ids.flatMap((inference, n) =>
        Array.from({ length: ROWS }, (_, row) => ({ inference, row, value: (n + row) % 2 === 0, at })),
      );
      const { data: told, text } = await server.gql(RecordLabelsDocument, { input: { endpoint, labels } });
      expect(told?.recordLabels.userErrors, text).toEqual([]);
    },
  };
}

test("a served endpoint is watched: drift, quality and alerts, each row once though the monitor's runner is killed", async () => {
  const clew = await aClew();
  const { server } = clew;
  const served = await aServedEndpoint(clew);
  const { namespace, endpoint, deployment, model } = served;
  const rogue = await aServingRunner(clew.natsUrl, subjects(clew.natsPrefix), served.endpointId);
  const first = await startRunnerProcess(server, { ...clew, pluginDir: MONITOR, slots: 1 });
  onTestFinished(async () => await first.kill());
  const run = await aQueuedRun(server, {
    namespace,
    plugin: "monitor",
    endpoint,
    inputs: [{ role: "reference", node: served.reference }],
    parameters: {
      window: { by: "count", rows: WINDOW_ROWS, grace: 1 },
      features: [
        { name: "hour", kind: "numeric" },
        { name: "port", kind: "categorical" },
      ],
      prediction: { column: "probability" },
      labels: { wait: "PT10M" },
      quality: { resamples: 50, gates: [{ kind: "threshold", metric: "roc_auc", min: 0.99 }] },
    },
  });
  const reports = async (reportTypes: ("DRIFT" | "EVALUATION")[]) => {
    const { data } = await server.gql(ReportsDocument, { run, reportTypes, withMetrics: true, orderBy: "OLDEST" });
    return data!.reports.nodes.map(({ verdict, metrics }) => {
      const value = (name: string) => Number(metrics!.find((metric) => metric.name === name)?.value);
      return {
        verdict,
        rows: value("rows"),
        start: value("window_start_ms"),
        share: value("labelled_share"),
        aside: value("put_aside"),
      };
    });
  };
  const ids = await served.ask(10);
  await rogue.predict(["made up"], {}, { deployment: "Deployment:0a1b2c3d4e5f60718293a4b5c6d7e8f9", model: null });
  ids.push(...(await served.ask(20)));
  await eventually(async () => expect((await reports(["DRIFT"])).length).toBeGreaterThan(0), SOON_MS);
  await first.kill();
  await endLeases(clew, first.id, run);
  ids.push(...(await served.ask(30)));
  const second = await startRunnerProcess(server, { ...clew, pluginDir: MONITOR, slots: 1 });
  onTestFinished(async () => await second.kill());
  ids.push(...(await served.ask(40)));
  const total = ids.length * ROWS;
  const told = (of: readonly { rows: number }[]) => of.reduce((sum, { rows }) => sum + rows, 0);
  await eventually(async () => expect(told(await reports(["DRIFT"]))).toBeGreaterThan(total - WINDOW_ROWS), SOON_MS);
  await served.label(ids);
  const drift = await reports(["DRIFT"]);
  await eventually(async () => expect(await reports(["EVALUATION"])).toHaveLength(drift.length), SOON_MS);
  expect(told(drift)).toBeLessThanOrEqual(total);
  expect(new Set(drift.map(({ verdict }) => verdict))).toEqual(new Set(["FAIL"]));
  expect(drift.map(({ aside }) => aside).reduce((sum, aside) => sum + aside, 0)).toBe(1);
  const quality = await reports(["EVALUATION"]);
  expect(quality.map(({ rows, start }) => ({ rows, start }))).toEqual(
    drift.map(({ rows, start }) => ({ rows, start })),
  );
  expect(quality.map(({ share }) => share)).toEqual(drift.map(() => 1));
  const { data } = await server.gql(AlertsDocument, { about: deployment });
  const alerts = new Map(data!.alerts.nodes.map((alert) => [alert.name, alert]));
  expect([...alerts.keys()].toSorted()).toEqual(["drift", "quality:roc_auc"]);
  // What the second attempt said again was no new occurrence.
  expect(alerts.get("drift")).toMatchObject({ severity: "WARNING", occurrences: drift.length });
  expect(alerts.get("drift")!.message).toContain(`${model}: hour (KS`);
  expect(alerts.get("quality:roc_auc")).toMatchObject({ severity: "CRITICAL", occurrences: drift.length });
  const { data: state } = await server.gql(RunDocument, { id: run });
  expect(state?.node).toMatchObject({ attempts: [{ state: "LOST" }, { state: "RUNNING" }] });
});
