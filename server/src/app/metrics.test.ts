import { CreateWebhookDocument, SetTagDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bearer } from "../../../test/support/answer.ts";
import { aDataset, aQueuedRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const scrape = (token: string | null) =>
  fetch(`${server.url}/metrics`, { headers: token === null ? {} : bearer(token) });

/** The samples by their names with labels, as `clew_runs{state="QUEUED"}`. */
async function samples(): Promise<ReadonlyMap<string, number>> {
  const text = await (await scrape(server.adminToken)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}

test("metrics are for whose token may read every namespace", async () => {
  const everywhere = await server.tokenFor({ "*": ["VIEWER"] });
  const here = await server.tokenFor({ tests: ["ADMIN"] });
  const answers = await Promise.all([null, here, everywhere].map(scrape));
  expect(answers.map(({ status }) => status)).toEqual([401, 403, 200]);
  expect(await answers[1]!.json()).toMatchObject({ errors: [{ extensions: { code: "FORBIDDEN" } }] });
  expect(answers[2]!.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
});

test("mutations are counted by name and outcome", async () => {
  const before = await samples();
  const name = (outcome: string) => `clew_mutations_total{mutation="setTag",outcome="${outcome}"}`;
  const { id: node } = await aDataset(server);
  const stranger = await server.tokenFor({ elsewhere: ["VIEWER"] });
  const viewer = await server.tokenFor({ tests: ["VIEWER"] });
  const input = { node, key: "reviewed", value: "yes" };
  await server.gql(SetTagDocument, { input });
  await server.gql(SetTagDocument, { input: { ...input, key: "Not A Key" } });
  for (const token of [viewer, stranger]) await server.gql(SetTagDocument, { input }, token);
  const after = await samples();
  const more = (outcome: string) => (after.get(name(outcome)) ?? 0) - (before.get(name(outcome)) ?? 0);
  expect(more("recorded")).toBe(1);
  expect(more("refused") + more("forbidden")).toBe(3);
  expect(more("failed")).toBe(0);
  expect(after.get('clew_mutation_duration_seconds_count{mutation="setTag"}')).toBe(4);
});

test("the ledger, its followers and what waits are as they are", async () => {
  const before = await samples();
  await aQueuedRun(server);
  const { ledger, stores, presence } = server.running.server;
  const plugins = [{ name: "p", version: "1.0.0" }];
  presence.heard({
    schema: "clew/heartbeat/1",
    runnerId: "Runner:metrics",
    at: new Date().toISOString(),
    state: "draining",
    pool: "default",
    slots: 1,
    plugins,
    leases: [],
  });
  await server.gql(CreateWebhookDocument, { input: { namespace: "tests", url: "https://example.org/hook" } });
  const { seq } = await stores.database.ledger.head();
  await ledger.graph.waitFor(seq, 10_000);
  const now = await samples();
  expect(now.get("clew_ledger_entries")).toBe(seq);
  expect(now.get("clew_ledger_read_only")).toBe(0);
  expect(now.get('clew_follower_seq{follower="graph"}')).toBe(seq);
  expect(now.get('clew_follower_lag_entries{follower="graph"}')).toBe(0);
  expect(now.get('clew_follower_halted{follower="graph"}')).toBe(0);
  const queued = 'clew_runs{state="QUEUED"}';
  expect(now.get(queued)).toBe((before.get(queued) ?? 0) + 1);
  expect(now.get('clew_runners{state="draining"}')).toBe(1);
  expect(now.get('clew_webhooks{state="delivering"}')).toBe(1);
  expect(now.get("process_resident_memory_bytes")).toBeGreaterThan(0);
});

test("no label is a name that somebody chose", async () => {
  const namespace = unique("secretive");
  await aDataset(server, { namespace });
  await aQueuedRun(server, { namespace });
  const text = await (await scrape(server.adminToken)).text();
  expect(text).not.toContain(namespace);
  const labels = new Set([...text.matchAll(/(\w+)="/g)].map(([, label]) => label));
  const ours = ["mutation", "outcome", "follower", "state", "le"];
  const ofProcess = ["type", "space", "kind", "version", "major", "minor", "patch"];
  expect([...labels].filter((label) => ![...ours, ...ofProcess].includes(label!))).toEqual([]);
});
