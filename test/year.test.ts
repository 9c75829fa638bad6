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
import { resolveNode } from "../cli/src/resolve-node.ts";
import { type Trace, traceFrom } from "../cli/src/lineage/trace.ts";
import { TESTED_NEO4J } from "./support/neo4j.ts";
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
    const { endpoint } = await client.request(EndpointDocument, { key: "flights/delay" });
    const served = endpoint?.versions.nodes.find(({ id }) => id === endpoint.activeDeployment?.id)?.serves ?? [];
    expect(served.map(({ node }) => keyOf(node))).not.toContain(bad);
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
    const line = running
      .printed()
      .split("\n")
      .find((text) => /^2013-04 +@\d/.test(text));
    // Behind ROC AUC and its interval.
    const [logLoss, low, high] = [...(line ?? "").matchAll(/\d\.\d{3}/g)].slice(3).map(([text]) => Number(text));
    expect(logLoss).toBeCloseTo(mean, 3);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
  });

  it("tells the business what each month came to, and where the figures come from", async () => {
    const { useCase } = await client.request(UseCaseDocument, { key: "flights/warn-passengers" });
    const { node } = await client.request(UseCaseByIdDocument, { id: useCase!.id, first: 50 });
    const values = node?.__typename === "UseCase" ? node.kpiValues.nodes : [];
    expect(values).toHaveLength(2 * MONTHS.length);
    const accounts = MONTHS.map((_, index) => `flights/months@${index + 1}`);
    expect(new Set(values.map(({ source }) => source))).toEqual(new Set(accounts));
  });
});
