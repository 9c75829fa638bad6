import { join } from "node:path";
import { readInferenceId } from "@clew/schema";
import {
  AlertsDocument,
  DecisionsDocument,
  DeploymentsDocument,
  EndpointDocument,
  ReportsDocument,
  UseCaseByIdDocument,
  UseCaseDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClewClient } from "../cli/src/client.ts";
import { downloadFiles, filesOf } from "../cli/src/download.ts";
import { openDuckDb } from "../cli/src/duckdb.ts";
import { resolveNode } from "../cli/src/resolve-node.ts";
import { type Trace, traceFrom } from "../cli/src/lineage/trace.ts";
import { ROOT } from "./support/child.ts";
import { TESTED_NEO4J } from "./support/neo4j.ts";
import { aFolder } from "./support/runner-host.ts";
import { clientOf, freshStores, start, type Started, stop, type Stores } from "./support/start-example.ts";

const START_MS = 600_000;
const MONTHS = ["2013-04", "2013-05", "2013-06", "2013-07"];
const ALL = { namespace: "flights", first: 200, orderBy: "OLDEST" as const };

describe("the shortened year on PostgreSQL, Neo4j and NATS", { shuffle: false }, () => {
  let stores: Stores;
  let running: Started;
  let client: ClewClient;

  beforeAll(async () => {
    stores = await freshStores(TESTED_NEO4J[1]);
    running = await start(stores, "--example", "flights/year/short", "--slots", "4");
    client = await clientOf(stores, running);
  }, START_MS);

  afterAll(async () => {
    if (running) await stop(running);
    await stores.drop();
  }, 120_000);

  const decisions = async () => (await client.request(DecisionsDocument, ALL)).decisions.nodes;
  const keyOf = (about: { readonly key?: string } | { readonly id: string }) => ("key" in about ? about.key : null);
  const trace = async (key: string, direction: "UPSTREAM" | "DOWNSTREAM", maxDepth: number): Promise<Trace> => {
    const follow = ["MATERIAL", "SUBJECT", "CAUSAL"] as const;
    return traceFrom(client, await resolveNode(client, key), { direction, follow, maxDepth });
  };

  /** The line of the table, cell by cell. */
  const lineOf = (month: string) => {
    const line = running
      .printed()
      .split("\n")
      .find((text) => text.startsWith(`${month}  @`));
    return line!.split(/ {2,}/);
  };
  const numberIn = (cell: string | undefined) => Number(cell?.replaceAll(",", ""));
  const kpiValues = async () => {
    const { useCase } = await client.request(UseCaseDocument, { key: "flights/warn-passengers" });
    const { node } = await client.request(UseCaseByIdDocument, { id: useCase!.id, first: 50 });
    return node?.__typename === "UseCase" ? node.kpiValues.nodes : [];
  };

  it("finds the delivery that is spoilt, and lets nothing be made of it", async () => {
    const filter = { ...ALL, reportTypes: ["DATA_VALIDATION" as const], verdicts: ["FAIL" as const] };
    const { reports } = await client.request(ReportsDocument, filter);
    expect(reports.nodes.map(({ about }) => about.map(({ node }) => keyOf(node)))).toEqual([["flights/flights@8"]]);
    const made = await traceFrom(client, await resolveNode(client, "flights/flights@8"), { direction: "DOWNSTREAM" });
    expect(made.edges.map(({ node }) => node.__typename).filter((type) => type !== "Run")).toEqual(["Report"]);
  });

  it("rejects the model that somebody trained badly, and takes back its deployment", async () => {
    const all = await decisions();
    const rejected = all.find(({ decisionType }) => decisionType === "REJECTION");
    expect(rejected).toMatchObject({ policy: "flights/retrain@1#gate" });
    const bad = keyOf(rejected!.about);
    const approved = all.find(({ decisionType, about }) => decisionType === "APPROVAL" && keyOf(about) === bad);
    expect(approved).toMatchObject({ policy: null });
    const back = all.filter(({ policy }) => policy === "trigger flights/roll-back");
    expect(back.map(({ decisionType }) => decisionType)).toEqual(["ROLLBACK"]);
    expect(back[0]?.basis).toHaveLength(1);
    const { deployments } = await client.request(DeploymentsDocument, ALL);
    const again = deployments.nodes.find(({ id }) => id === back[0]!.about.id);
    expect(again?.serves.map(({ node }) => keyOf(node))).toEqual(["flights/arrival-delay@1"]);
    const { endpoint } = await client.request(EndpointDocument, { key: "flights/delay" });
    const served = endpoint?.versions.nodes.find(({ id }) => id === endpoint.activeDeployment?.id)?.serves ?? [];
    expect(served.map(({ node }) => keyOf(node))).not.toContain(bad);
  });

  it("says what has changed since the training: flights meet another weather than in winter", async () => {
    const { alerts } = await client.request(AlertsDocument, { ...ALL, nameContains: "drift" });
    expect(alerts.nodes.length).toBeGreaterThan(0);
    for (const { message } of alerts.nodes) expect(message).toMatch(/\b(temp|dewp|humid) \(KS/);
  });

  it("asks a person when two challengers were no better, and goes on when one has answered", async () => {
    const { alerts } = await client.request(AlertsDocument, {
      ...ALL,
      nameContains: "trigger:flights/retrain-on-loss",
    });
    const [asked] = alerts.nodes;
    expect(asked).toMatchObject({ severity: "CRITICAL", state: "RESOLVED" });
    const all = await decisions();
    const answer = all.find(({ basis }) => basis.some(({ node }) => node.id === asked!.id));
    expect(answer).toMatchObject({ decisionType: "EXEMPTION", policy: null });
    const gated = all.filter(({ policy }) => policy === "flights/retrain@1#gate");
    const before = gated.filter(({ decidedAt }) => decidedAt < asked!.firstAt).slice(-2);
    expect(before.map(({ decisionType }) => decisionType)).toEqual(["REJECTION", "REJECTION"]);
    const after = gated.filter(({ decidedAt }) => decidedAt > answer!.decidedAt);
    expect(after.length).toBeGreaterThan(0);
  });

  it("lets a challenger see live traffic beside the champion before it takes its place", async () => {
    const { deployments } = await client.request(DeploymentsDocument, ALL);
    const serving = (mode: string) =>
      deployments.nodes.flatMap(({ serves }) =>
        serves.filter((one) => one.mode === mode).map(({ node }) => keyOf(node)),
      );
    const [shadow] = serving("SHADOW");
    expect(shadow).toBeDefined();
    expect(serving("LIVE").at(-1)).toBe(shadow);
    const of = (await decisions()).filter(({ about, policy }) => keyOf(about) === shadow && policy !== null);
    expect(of.map(({ decisionType, policy }) => [decisionType, policy])).toEqual([
      ["APPROVAL", "flights/retrain@1#gate"],
      ["APPROVAL", "flights/retrain@1#promote"],
    ]);
    // By what the monitor has found of it there, and not by what the gate had found.
    const trial = deployments.nodes.find(({ serves }) => serves.some(({ mode }) => mode === "SHADOW"))!;
    const { reports } = await client.request(ReportsDocument, { ...ALL, about: trial.id, withMetrics: true });
    const [basis] = of[1]!.basis.map(({ node }) => reports.nodes.find(({ id }) => id === node.id));
    expect(basis?.about.map(({ node }) => keyOf(node))).toContain(shadow);
    const gain = basis?.metrics?.find(({ name }) => name === "gain_over_baseline_log_loss");
    expect(Number(gain?.value)).toBeGreaterThan(0.03);
  });

  it.each(MONTHS.map((month, index) => [month, `flights/months@${index + 1}`]))(
    "proves the line of %s by one query",
    async (month, key) => {
      expect(running.printed()).toContain(`${month}  clew trace ${key} --follow material,subject,causal --depth 8`);
      const { root, edges } = await trace(key, "UPSTREAM", 8);
      const near = edges.filter(({ depth }) => depth === 2).map(({ node }) => node);
      const typed = Map.groupBy(near, ({ __typename }) => __typename);
      const rows = (typed.get("DatasetVersion") ?? []).map((node) => ("rows" in node ? (node.rows ?? 0) : 0));
      // Every flight that was asked about was delivered.
      expect(rows).toHaveLength(2);
      expect("rows" in root && root.rows).toBe(rows.reduce((sum, one) => sum + one, 0));
      expect(typed.get("ModelVersion")?.length).toBeGreaterThan(0);
      expect(typed.get("Report")?.length).toBeGreaterThan(2);
      const trained = edges.filter(({ via }) => via.some(({ arrow, role }) => arrow === "USED" && role === "data"));
      expect(trained.some(({ node }) => "key" in node && node.key?.startsWith("flights/training@"))).toBe(true);
    },
  );

  it("prints the quality that the monitor's windows of the month have on average", async () => {
    const { edges } = await trace("flights/months@1", "UPSTREAM", 2);
    const reports = edges.flatMap(({ node }) => (node.__typename === "Report" ? [node.metrics] : []));
    const windows = reports
      .map((metrics) => new Map(metrics.map(({ name, value }) => [name, Number(value)])))
      .filter((window) => window.has("answered_rows") && !window.has("gain_over_baseline_log_loss"));
    const sum = (of: (window: Map<string, number>) => number) => windows.reduce((all, window) => all + of(window), 0);
    const rows = (window: Map<string, number>) => window.get("rows") ?? 0;
    const mean = sum((window) => rows(window) * (window.get("log_loss") ?? 0)) / sum(rows);
    const [logLoss, low, high] = [
      ...lineOf("2013-04")
        .at(-3)!
        .matchAll(/\d\.\d{3}/g),
    ].map(([text]) => Number(text));
    expect(logLoss).toBeCloseTo(mean, 3);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
  });

  it.each(MONTHS.map((month, index) => [month, `flights/months@${index + 1}`]))(
    "counts for %s what its answered flights say, beside what the evening rule says of the flights in the data",
    async (month, account) => {
      const folder = await aFolder("account");
      await downloadFiles(client, await filesOf(client, await resolveNode(client, account)), folder);
      const { connection, close } = await openDuckDb();
      const ask = async (query: string) => (await connection.runAndReadAll(query)).getRowObjectsJS();
      const counted = (from: string, isWarned: string, delay: string) =>
        ask(`SELECT count(*)::INT AS flights, count(*) FILTER (${delay} > 15)::INT AS late, sum(${delay})::INT AS minutes,
          sum(${delay}) FILTER (${isWarned} AND ${delay} > 15)::INT AS spared,
          count(*) FILTER (${isWarned} AND ${delay} <= 15)::INT AS wrong FROM ${from}`);
      const answered = `'${join(folder, `flights-${month}.jsonl`)}'`;
      const data = `'${join(ROOT, `examples/flights/data/flights-${month}.parquet`)}' WHERE flight % 3 = 0`;
      const [own] = await counted(answered, "probability >= 0.3", "delay");
      const [before] = await counted(data, "hour >= 18", "arr_delay");
      const inferences = await ask(`SELECT inference FROM ${answered}`);
      close();
      const { flights, late, minutes } = before!;
      expect(own).toMatchObject({ flights, late, minutes });
      const [, champion, ...cells] = lineOf(month);
      expect([0, 2, 3, 4, 5].map((at) => numberIn(cells[at]))).toEqual([
        flights,
        own!.spared,
        before!.spared,
        own!.wrong,
        before!.wrong,
      ]);
      const values = (await kpiValues()).filter(({ source }) => source === account);
      const percent = new Map(values.map(({ name, value }) => [name, value]));
      expect(percent.get("spared minutes")).toBeCloseTo((100 * Number(own!.spared)) / Number(before!.spared), 6);
      expect(percent.get("false warnings")).toBeCloseTo((100 * Number(own!.wrong)) / Number(before!.wrong), 6);
      const { deployments } = await client.request(DeploymentsDocument, ALL);
      const live = new Map(deployments.nodes.map(({ id, serves }) => [id, serves.find(({ mode }) => mode === "LIVE")]));
      const by = inferences.map(({ inference }) => live.get(readInferenceId(String(inference))!.deployment)!.node);
      const shares = [...Map.groupBy(by, keyOf)].map(([key, { length }]) => [
        key!.replace("flights/arrival-delay", ""),
        Math.round((100 * length) / by.length),
      ]);
      expect(champion).toBe(shares.length === 1 ? shares[0]![0] : shares.map((one) => `${one.join(" ")} %`).join(", "));
    },
  );

  it("counts every alert of the monitor and of the triggers, and every decision, in one month", async () => {
    const all = (await decisions()).filter(({ policy }) => !policy?.startsWith("flights/first@"));
    const { alerts } = await client.request(AlertsDocument, ALL);
    const raised = alerts.nodes.filter(({ name }) => !name.startsWith("kpi:"));
    const sum = (at: number) => MONTHS.reduce((so, month) => so + numberIn(lineOf(month).at(at)), 0);
    expect([sum(-2), sum(-1)]).toEqual([raised.length, all.length]);
    const causes = await Promise.all(
      MONTHS.map(async (_, index) => {
        const { edges } = await trace(`flights/months@${index + 1}`, "UPSTREAM", 2);
        return edges.flatMap(({ via, node }) => (via.some(({ arrow }) => arrow === "TRIGGERED_BY") ? node.id : []));
      }),
    );
    const ids = new Set(all.map(({ id }) => id));
    expect(
      causes
        .flat()
        .filter((id) => ids.has(id))
        .toSorted(),
    ).toEqual([...ids].toSorted());
  });

  it("tells the business what each month came to, and where the figures come from", async () => {
    const values = await kpiValues();
    expect(values).toHaveLength(2 * MONTHS.length);
    const accounts = MONTHS.map((_, index) => `flights/months@${index + 1}`);
    expect(new Set(values.map(({ source }) => source))).toEqual(new Set(accounts));
  });
});
