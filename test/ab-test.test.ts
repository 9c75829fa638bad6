import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { newInferenceId, type Prediction, subjects } from "@clew/schema";
import {
  CreateEndpointDocument,
  DecideDocument,
  DeployDocument,
  RecordLabelsDocument,
  ReportDocument,
  ReportsDocument,
  RunDocument,
} from "@clew/schema/graphql";
import { expect, onTestFinished, test } from "vitest";
import { aDataset, aModel, anArtifact, aQueuedRun } from "./support/builders.ts";
import { aClew, aHost, type Clew, endLeases } from "./support/clew-on-nats.ts";
import { eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { unique } from "./support/server.ts";
import { aServingRunner } from "./support/watcher.ts";

const MONITOR = fileURLToPath(new URL("../plugins/monitor", import.meta.url));
const REFERENCE = new URL("../plugins/monitor/conformance/reference/rows.csv", import.meta.url);
const REASON = "for a test";
const WINDOW_ROWS = 200;
/** A monitor that has nothing to read hears of it after 10 s. */
const SOON_MS = 60_000;

/** An endpoint whose traffic two models share, and what is predicted there and turns out. */
async function aDividedEndpoint({ server, natsPrefix, natsUrl }: Clew) {
  const namespace = unique("divided");
  const key = `${namespace}/delay`;
  const created = await server.gql(CreateEndpointDocument, { input: { namespace, name: "delay" } });
  const champion = await aModel(server, { namespace });
  const challenger = await aModel(server, { namespace });
  for (const { id } of [champion, challenger])
    await server.gql(DecideDocument, { input: { about: id, decisionType: "APPROVAL", reason: REASON } });
  const serves = [champion, challenger].map(({ id }) => ({ modelVersion: id, weight: 50 }));
  const { data } = await server.gql(DeployDocument, { input: { endpoint: key, serves, reason: REASON } });
  const deployment = data!.deploy.deployment!.id;
  const endpoint = created.data!.createEndpoint.endpoint!.id;
  const serving = await aServingRunner(natsUrl, subjects(natsPrefix), endpoint);
  const reference = await aDataset(server, {
    namespace,
    files: [await anArtifact(server, await readFile(REFERENCE), "rows.csv")],
  });
  return {
    deployment,
    champion: champion.id,
    challenger: challenger.id,
    watch: (abTest: object) =>
      aQueuedRun(server, {
        namespace,
        plugin: "monitor",
        endpoint: key,
        inputs: [
          { role: "reference", node: reference.id },
          { role: "champion", node: champion.id },
        ],
        parameters: {
          window: { by: "count", rows: WINDOW_ROWS, grace: 1 },
          features: [{ name: "delay", kind: "numeric" }],
          prediction: { column: "probability" },
          labels: { wait: "PT10M" },
          quality: { resamples: 50 },
          abTest: { outcome: "error", tightestAt: 1_000, ...abTest },
        },
      }),
    /** A window's requests, half to each model, and labels by which each errs in every so-many-th of its answers. */
    async live(errsEvery: { champion: number; challenger: number }) {
      const answers = Array.from({ length: WINDOW_ROWS }, (_, n) => {
        const arm = n % 2 === 0 ? ("champion" as const) : ("challenger" as const);
        const isPositive = n % 3 === 0;
        const isWrong = ((n >> 1) + 1) % errsEvery[arm] === 0;
        const id = newInferenceId({ deployment, place: 0, at: Date.now() });
        return { id, model: { champion, challenger }[arm].id, isPositive, value: isPositive !== isWrong };
      });
      const records = answers.map(({ id, model, isPositive }): Prediction => {
        const score = isPositive ? 0.9 : 0.1;
        const at = new Date().toISOString();
        const asked = { at, rows: 1, inputs: { delay: [1] }, outputs: { probability: [score] } };
        return { id, deployment, model, mode: "LIVE", latencyMs: 1, error: null, ...asked };
      });
      await serving.predict([], { records });
      const at = new Date().toISOString();
      const labels = answers.map(({ id, value }) => ({ inference: id, row: 0, value, at }));
      const told = await server.gql(RecordLabelsDocument, { input: { endpoint: key, labels } });
      expect(told.data?.recordLabels.userErrors, told.text).toEqual([]);
    },
  };
}

async function abReports({ server }: Clew, run: string) {
  const { data } = await server.gql(ReportsDocument, {
    run,
    reportTypes: ["AB_TEST"],
    withMetrics: true,
    orderBy: "OLDEST",
  });
  return data!.reports.nodes.map(({ id, verdict, metrics }) => {
    const value = (name: string) => Number(metrics!.find((metric) => metric.name === name)?.value);
    return { id, verdict, rows: value("rows"), means: [value("champion_mean"), value("challenger_mean")] };
  });
}

test("two live models are compared over windows, labels and a killed runner, to one decision on the graph", async () => {
  const clew = await aClew();
  const { server } = clew;
  const endpoint = await aDividedEndpoint(clew);
  // By the order of their rows four to six windows decide: more than the first runner sees.
  const errsEvery = { champion: 4, challenger: 6 };
  const first = await startRunnerProcess(server, { ...clew, pluginDir: MONITOR, slots: 1 });
  onTestFinished(async () => await first.kill());
  const run = await endpoint.watch({});
  for (let n = 0; n < 3; n++) await endpoint.live(errsEvery);
  await eventually(async () => expect((await abReports(clew, run)).length).toBeGreaterThan(1), SOON_MS);
  await first.kill();
  await endLeases(clew, first.id, run);
  for (let n = 0; n < 10; n++) await endpoint.live(errsEvery);
  const second = await startRunnerProcess(server, { ...clew, pluginDir: MONITOR, slots: 1 });
  onTestFinished(async () => await second.kill());
  await eventually(async () => expect((await abReports(clew, run)).at(-1)?.verdict).toBe("PASS"), SOON_MS);
  const all = await abReports(clew, run);
  expect(all.length).toBeGreaterThan(3);
  // Each window once, in their order, and none after the decision.
  expect(all.map(({ rows }) => rows)).toEqual(all.map((_, n) => (n + 1) * WINDOW_ROWS));
  expect(all.slice(0, -1).map(({ verdict }) => verdict)).toEqual(Array(all.length - 1).fill("NOT_ENOUGH_DATA"));
  expect(all.at(-1)!.means).toEqual([0.25, 0.16]);
  const { data } = await server.gql(ReportDocument, { id: all.at(-1)!.id });
  const { deployment, champion, challenger } = endpoint;
  expect(data.node).toMatchObject({
    reportType: "AB_TEST",
    rules: [{ rule: "challenger is better", outcome: "PASS", bound: 0, count: all.length * WINDOW_ROWS }],
  });
  const about = (data.node as { about: { node: { id: string } }[] }).about.map(({ node }) => node.id);
  expect(about.toSorted()).toEqual([deployment, champion, challenger].toSorted());
  const { data: state } = await server.gql(RunDocument, { id: run });
  expect(state?.node).toMatchObject({ attempts: [{ state: "LOST" }, { state: "RUNNING" }] });
});

test("equals come to no relevant difference within a margin, and to no end without one", async () => {
  const clew = await aClew();
  const endpoint = await aDividedEndpoint(clew);
  await aHost(clew, [MONITOR]);
  const within = await endpoint.watch({ margin: 0.2 });
  const open = await endpoint.watch({});
  for (let n = 0; n < 5; n++) await endpoint.live({ champion: 10, challenger: 10 });
  await eventually(async () => expect((await abReports(clew, within)).at(-1)?.verdict).toBe("FAIL"), SOON_MS);
  await eventually(async () => expect(await abReports(clew, open)).toHaveLength(5), SOON_MS);
  const { id } = (await abReports(clew, within)).at(-1)!;
  const { data } = await clew.server.gql(ReportDocument, { id });
  const message = expect.stringMatching(/^NO_RELEVANT_DIFFERENCE: /) as string;
  expect(data.node).toMatchObject({ rules: [{ outcome: "FAIL", message }] });
  expect(new Set((await abReports(clew, open)).map(({ verdict }) => verdict))).toEqual(new Set(["NOT_ENOUGH_DATA"]));
});
