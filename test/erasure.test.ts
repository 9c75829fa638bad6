import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats, startNeo4j } from "@clew/cli/services";
import { sha256 } from "@clew/schema";
import {
  CreateTokenDocument,
  ErasePersonalDataDocument,
  FindAgentsDocument,
  LedgerEntriesDocument,
  LineageDocument,
  PersonalDataDocument,
  PublishDatasetVersionDocument,
  RebuildGraphDocument,
  RevokeTokenDocument,
  TokensDocument,
  VerifyLedgerDocument,
} from "@clew/schema/graphql";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { runCli } from "../cli/src/program.ts";
import { plain } from "../cli/src/terminal/paint.ts";
import type { Config } from "../server/src/app/index.ts";
import { followerReaches } from "./support/agreement.ts";
import { aModel } from "./support/builders.ts";
import { columnsWith, databaseFilesWith, filesWith, isInGraph } from "./support/byte-search.ts";
import { TESTED_NEO4J } from "./support/neo4j.ts";
import { freshDatabase, postgresForTests } from "./support/postgres.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";

/** Where a server keeps anything, and how a text is found there. */
interface Places {
  readonly settings: Partial<Config>;
  /** Where SQL keeps it: names of files or columns. */
  readonly inSql: (server: TestServer, text: string) => Promise<string[]>;
  /** Where a service beside SQL has it. */
  readonly elsewhere: (text: string) => Promise<string[]>;
  /** Where an agent's id must be found: else a search that finds nothing would say nothing. */
  readonly knowsAgents: readonly unknown[];
}

const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "clew-erasure-"));
  stops.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function embedded(): Promise<Places> {
  return {
    settings: {},
    inSql: async ({ dataDir }, text) => filesWith(dataDir, text).filter((file) => /clew\.db/.test(file)),
    elsewhere: async () => [],
    knowsAgents: [],
  };
}

async function services(): Promise<Places> {
  const dir = await folder();
  const { version } = TESTED_NEO4J[0];
  const [nats, neo4j, postgres] = await Promise.all([
    startNats({ dir: join(dir, "nats"), own: true }),
    startNeo4j({ dir: join(dir, "neo4j"), version, own: true, heapMiB: 512, shortLived: true }),
    postgresForTests(),
  ]);
  stops.push(nats.stop, neo4j.stop, postgres.stop);
  const { url: postgresUrl, drop } = await freshDatabase(postgres);
  stops.push(drop);
  return {
    settings: {
      postgresUrl,
      natsUrl: nats.url,
      neo4jUrl: neo4j.url,
      neo4jUser: neo4j.user,
      neo4jPassword: neo4j.password,
    },
    inSql: async (_, text) => [
      ...(await columnsWith(postgresUrl, text)),
      ...(await databaseFilesWith(postgresUrl, text)),
    ],
    elsewhere: async (text) => [
      ...filesWith(join(dir, "nats"), text),
      ...((await isInGraph(neo4j, text)) ? ["Neo4j"] : []),
    ],
    knowsAgents: [expect.stringContaining("nats"), "Neo4j"],
  };
}

/** A person with a token, who publishes something; the token is revoked, with words about the person. */
async function aPerson(server: TestServer) {
  const name = `Zoë ${unique("Planted")}`;
  const grants = [{ namespace: "*", roles: ["CONTRIBUTOR" as const] }];
  const input = { agent: name, kind: "USER" as const, name: `laptop of ${name}`, grants };
  const create = (idempotencyKey: string) => server.gql(CreateTokenDocument, { input, idempotencyKey });
  const key = unique("key");
  const made = (await create(key)).data.createToken;
  const source = { uri: "s3://b/k", snapshot: unique("s") };
  const published = await server.gql(
    PublishDatasetVersionDocument,
    { input: { namespace: "tests", name: unique("d"), files: [], source } },
    made.secret!,
  );
  const version = published.data.publishDatasetVersion.datasetVersion!.id;
  await server.gql(RevokeTokenDocument, { input: { token: made.token!, reason: `${name} has left` } });
  return { name, id: made.agent!.id, token: made.token!, version, key, create };
}

const WHO = `query A($id: ID!) { node(id: $id) { ... on DatasetVersion { attributedTo { __typename id ... on Agent { name kind } } } } }`;

async function authorOf(server: TestServer, version: string) {
  return (await server.gql(WHO, { id: version })).data.node.attributedTo as Record<string, unknown>;
}

async function found(server: TestServer, name: string): Promise<string[]> {
  return (await server.gql(FindAgentsDocument, { name })).data.search.nodes.map(({ id }) => id);
}

async function erase(server: TestServer, ...args: string[]) {
  const [out, err]: string[][] = [[], []];
  const io = {
    out: (line: string) => void out!.push(line),
    err: (line: string) => void err!.push(line),
    paint: plain,
    terminal: null,
  };
  const line = ["--url", server.url, "--token", server.adminToken, "erase", ...args, "--reason", "request 17"];
  return { status: await runCli(line, io), out: out!.join("\n"), err: err!.join("\n") };
}

const SCRUBBED = "what was erased is out of the database's files";
const scrubs = (server: TestServer) => server.log.filter((line) => line.includes(SCRUBBED)).length;

async function lineageOf(server: TestServer, node: string) {
  const { data } = await server.gql(LineageDocument, { node, follow: ["MATERIAL", "CAUSAL"] });
  return data.lineage.edges.map(({ node: { id }, depth, via }) => ({ id, depth, via }));
}

describe.each([
  ["SQLite and the embedded graph", embedded],
  ["PostgreSQL, Neo4j and NATS", services],
])("personal data on %s", (_, open) => {
  test("are found as long as they are there, and nowhere once they were erased", async () => {
    const places = await open();
    const server = await startTestServer(places.settings);
    onTestFinished(() => server.stop());
    const person = await aPerson(server);
    const other = await aPerson(server);
    const model = await aModel(server, { from: [person.version] });
    const { name, id } = person;

    // As long as they are there.
    expect(await authorOf(server, person.version)).toEqual({ __typename: "Agent", id, name, kind: "USER" });
    expect(await found(server, name.toUpperCase().slice(3))).toEqual([id]);
    const { personalData } = (await server.gql(PersonalDataDocument, { agent: id })).data;
    const held = personalData.map(({ path, value }) => [path, value]);
    const token = ["/name", `laptop of ${name}`];
    expect(held).toEqual([["/agent/name", name], token, ["/reason", `${name} has left`]]);
    for (const { digest, salt, value } of personalData)
      expect(sha256(Buffer.concat([Buffer.from(salt, "hex"), Buffer.from(value)]))).toBe(digest);
    await followerReaches(server, await server.ledgerSize());
    expect(await places.inSql(server, name)).not.toEqual([]);
    const before = await lineageOf(server, model.id);

    expect(await places.elsewhere(id)).toEqual(expect.arrayContaining([...places.knowsAgents]));

    // Nobody is told of them who was not asked for.
    const entries = (await server.gql(LedgerEntriesDocument, { first: 500 })).text;
    for (const { digest } of personalData) expect(entries).toContain(digest);
    expect(entries).not.toContain(name);
    expect(await places.elsewhere(name)).toEqual([]);

    // The erasure.
    const asked = await erase(server, name);
    expect(asked.status).toBe(1);
    expect(asked.out).toContain(`${name} has left`);
    expect(asked.err).toContain("nothing was erased");
    expect((await server.gql(PersonalDataDocument, { agent: id })).data.personalData).toEqual(personalData);
    const scrubbed = scrubs(server);
    const done = await erase(server, name, "--yes");
    expect(done).toMatchObject({ status: 0, err: "" });
    expect((await erase(server, name, "--yes")).err).toContain("there is no agent");
    await expect.poll(() => scrubs(server), { timeout: 20_000 }).toBeGreaterThan(scrubbed);

    // Nowhere.
    expect(await places.inSql(server, name)).toEqual([]);
    expect(filesWith(server.dataDir, name)).toEqual([]);
    expect(await places.elsewhere(name)).toEqual([]);
    expect(server.log.filter((line) => line.includes(name))).toEqual([]);
    expect((await server.gql(LedgerEntriesDocument, { first: 500 })).text).toContain(personalData[0]!.digest);
    expect((await server.gql(PersonalDataDocument, { agent: id })).data.personalData).toEqual([]);
    expect(await found(server, name)).toEqual([]);
    const { tokens } = (await server.gql(TokensDocument, {})).data;
    expect(tokens.find((one) => one.id === person.token)).toMatchObject({ name: "", agent: { id } });

    // The rest is as it was.
    expect(await authorOf(server, person.version)).toEqual({ __typename: "ErasedNode", id });
    expect(await authorOf(server, other.version)).toMatchObject({ name: other.name });
    expect(await found(server, other.name)).toEqual([other.id]);
    expect((await server.gql(VerifyLedgerDocument, {})).data.verifyLedger).toMatchObject({
      ok: true,
      firstFault: null,
    });
    expect(await lineageOf(server, model.id)).toEqual(before);
    await server.gql(RebuildGraphDocument, {});
    await followerReaches(server, await server.ledgerSize());
    expect(await lineageOf(server, model.id)).toEqual(before);
    expect(await places.elsewhere(name)).toEqual([]);

    // Who comes again with the name is somebody else, whatever a guess is worth.
    const { data: repeated } = await person.create(person.key);
    expect(repeated.createToken.userErrors[0]?.code).toBe("IDEMPOTENCY_KEY_REUSED");
    const newcomer = (await person.create(unique("key"))).data.createToken.agent;
    expect(newcomer).toMatchObject({ name, kind: "USER" });
    expect(newcomer!.id).not.toBe(id);
    expect(await authorOf(server, person.version)).toEqual({ __typename: "ErasedNode", id });
    const twice = await server.gql(ErasePersonalDataDocument, { input: { agent: newcomer!.id, reason: "again" } });
    expect(twice.data.erasePersonalData).toMatchObject({ agent: { id: newcomer!.id }, userErrors: [] });
  });
});
