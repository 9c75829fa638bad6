import { DeploymentByIdDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clew, runClew } from "./support/clew.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";
import { aServedEndpoint } from "./support/triggers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const FIELDS = ["--purpose", "=HYPERLINK(1), they say", "--owner", "the desk", "--team", "--risk", "high"];

test("a use case is made, changed, measured, listed, shown and in the inventory", async () => {
  const namespace = unique("cli");
  const key = `${namespace}/late`;
  await clew(server, "use-case", "new", key, ...FIELDS, "--kpi", "accepted>=90 % was 60", "--kpi", "cost<=3");
  await clew(server, "use-case", "set", key, "--state", "active", "--review", "2026-01-31");
  const { endpoint, deployment } = await aServedEndpoint(server, namespace);
  const { node } = (await server.gql(DeploymentByIdDocument, { id: deployment })).data!;
  const [served] = node?.__typename === "Deployment" ? node.serves : [];
  const version = (served!.node as { key: string }).key;
  const model = version.replace(/@.*/, "");
  await clew(server, "use-case", "for", model, key);
  const month = ["--from", "2026-10-01", "--to", "2026-11-01"];
  expect(await clew(server, "use-case", "kpi", key, "accepted", "88.5", ...month)).toMatch(/missed/);
  expect(await clew(server, "use-case", "kpi", key, "cost", "2", ...month, "--source", "the books")).toMatch(/met/);

  const listed = await clew(
    server,
    "ls",
    "use-cases",
    "--namespace",
    namespace,
    "--risk",
    "high",
    "--owner",
    "the desk",
  );
  expect(listed).toMatch(/\/late +ACTIVE +HIGH +the desk +2026-01-31 00:00:00Z +=HYPERLINK/);
  const shown = await clew(server, "show", key);
  expect(shown).toMatch(new RegExp(`^models +${model}$`, "m"));
  expect(shown).toMatch(/accepted +at least 90 % +60$/m);
  expect(shown).toMatch(/cost +2026-10-01 +2026-11-01 +2 +met +the books$/m);
  expect(shown).toMatch(/OPEN +WARNING +kpi:accepted/);
  expect(await clew(server, "trace", key, "--down", "--follow", "subject")).toMatch(/KPI cost +2, met/);

  const table = await clew(server, "inventory", "--namespace", namespace, "--overdue");
  expect(table).toMatch(
    /\/late +ACTIVE +HIGH +the desk +\S+ \S+ overdue +\S+@1 +accepted 88.5 until 2026-11-01 \(at least 90 %\)/,
  );
  const text = await clew(server, "inventory", "--namespace", namespace, "--csv");
  const [titles, row, ...rest] = `${text}\n`.split("\r\n");
  expect(rest).toEqual([""]);
  expect(titles).toBe(
    "use_case,state,risk_tier,owner,purpose,replaces,next_review,review_overdue,models,versions_in_service,endpoints,active_deployments,kpis,kpis_missed,open_alerts",
  );
  const kpis = "accepted 88.5 until 2026-11-01 (at least 90 %); cost 2 until 2026-11-01 (at most 3)";
  expect(row).toBe(
    `${key},ACTIVE,HIGH,the desk,"'=HYPERLINK(1), they say",,2026-01-31T00:00:00.000Z,yes,${model},${version},${endpoint},${endpoint}@1,${kpis},1,1`,
  );
  expect(JSON.parse(await clew(server, "inventory", "--namespace", namespace, "--json"))).toHaveLength(1);

  const unassigned = ["inventory", "--unassigned", "--namespace", namespace];
  expect(await clew(server, ...unassigned)).toContain("everything that is served is for a use case");
  const { deployment: other } = await aServedEndpoint(server, namespace);
  expect(await clew(server, "inventory", "--namespace", namespace)).toContain(
    "1 served for no use case: add --unassigned to see what",
  );
  const [found] = JSON.parse(await clew(server, ...unassigned, "--json"));
  expect(found.id).toBe(other);
  expect(await clew(server, ...unassigned)).toMatch(new RegExp(`^${found.key} +\\S+@1 \\(100 %\\) +\\d{4}-`, "m"));
  expect(await clew(server, ...unassigned, "--csv")).toContain(`deployment,serves,served_since\r\n${found.key},`);
  expect((await runClew(server, ...unassigned, "--risk", "high")).status).toBe(2);
});

test("a KPI that cannot be read, and a risk that there is not, are refused", async () => {
  const key = `${unique("cli")}/late`;
  const refused = async (...args: string[]) => (await runClew(server, "use-case", "new", key, ...args)).status;
  expect(await refused(...FIELDS, "--kpi", "accepted")).toBe(2);
  expect(await refused(...FIELDS, "--kpi", "accepted>=many")).toBe(2);
  expect(await refused(...FIELDS.slice(0, -1), "dire")).toBe(2);
});
