import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Sha256 } from "@clew/schema";
import { expect, vi } from "vitest";
import {
  CreateWebhookDocument,
  FollowersDocument,
  LedgerDocument,
  LineageDocument,
  PublishDatasetVersionDocument,
  RecordRunDocument,
  SetTagDocument,
} from "@clew/schema/graphql";
import type { CopiedTable } from "../../server/src/ports/ledger-copies.ts";
import { aDataset, aModel, anArtifact, anAttempt, aQueuedRun } from "./builders.ts";
import { bearer } from "./answer.ts";
import { type TestServer, unique } from "./server.ts";
import { aReceiver } from "./webhook-receiver.ts";
import { schemaOf, statisticsOf } from "./wide-tables.ts";

const TABLES: readonly CopiedTable[] = [
  "idempotency",
  "file",
  "token",
  "lease",
  "measurement",
  "log_line",
  "position",
  "webhook",
  "personal",
  "document",
];

/** What a test made in a ledger, and asks for again after a restore. */
export interface Subject {
  readonly model: string;
  /** Every artifact, one that no version names among them. */
  readonly digests: readonly string[];
  /** Mutations that were answered before. */
  readonly sent: readonly { readonly document: string; readonly variables: Readonly<Record<string, unknown>> }[];
  readonly attemptToken: string;
  readonly viewerToken: string;
}

/**
 * Puts something into every table: versions with files, a run that a runner holds, measurements, positions, tokens, a webhook. The server
 * must let webhooks lead to private addresses.
 */
export async function somethingOfEverything(server: TestServer, entriesMin = 0): Promise<Subject> {
  const { operations, logs, ledger } = server.running.server.stores.database;
  const made = await Promise.all([1, 2, 3].map(() => aDataset(server)));
  const model = await aModel(server, { from: made.map(({ id }) => id), metrics: [{ name: "auc", value: 0.9 }] });
  const more = Array.from({ length: entriesMin }, (_, n) => ({ uri: `s3://bucket/${n}`, snapshot: "1" }));
  await Promise.all(more.map((source) => aDataset(server, { source })));
  // More documents than are held at once.
  for (const columns of [5_000, 5_001]) {
    await aDataset(server, { schema: schemaOf(columns), statistics: statisticsOf(columns) });
  }
  const file = await anArtifact(server);
  const published = {
    document: String(PublishDatasetVersionDocument),
    variables: { input: { namespace: "tests", name: unique("d"), files: [file] }, idempotencyKey: unique("key") },
  };
  const recorded = {
    document: String(RecordRunDocument),
    variables: { input: { namespace: "tests", inputs: [] }, idempotencyKey: unique("key") },
  };
  for (const { document, variables } of [published, recorded]) await server.gql(document, variables);
  const run = await aQueuedRun(server);
  const attempt = await anAttempt(server, run);
  const point = { runId: run, attempt: 1, name: "loss", at: 1_700_000_000_000 };
  await operations.addMeasurements([1, 2, 3].map((n) => ({ ...point, step: n, n, value: String(1 / n) })));
  const line = { runId: run, attempt: 1, at: 1_700_000_000_000, level: "info", text: 'says "ü"\nand more' };
  await logs.add([1, 2, 2 ** 53 - 1].map((n) => ({ ...line, n })));
  await server.gql(SetTagDocument, { input: { node: model.id, key: "reviewed", value: "yes" } });
  await server.gql(SetTagDocument, { input: { node: model.id, key: "reviewed", value: "twice" } });
  await ledger.advance("announcer", 3);
  await aFailedWebhook(server);
  const unnamed = await anArtifact(server, randomBytes(100_000));
  const empty = await anArtifact(server, new Uint8Array());
  const viewerToken = await server.tokenFor({ "*": ["VIEWER"] });
  return {
    model: model.id,
    digests: [file.digest, unnamed.digest, empty.digest],
    sent: [published, recorded],
    attemptToken: attempt.token,
    viewerToken,
  };
}

/** A webhook that was refused its first entry, and given up: it keeps when it would have been tried again. */
async function aFailedWebhook(server: TestServer): Promise<void> {
  const receiver = await aReceiver();
  receiver.answer = (response) => void response.writeHead(410).end();
  const input = { namespace: "*", url: receiver.url, after: 0 };
  const { webhook } = (await server.gql(CreateWebhookDocument, { input })).data.createWebhook;
  const { webhooks } = server.running.server.stores.database;
  await vi.waitFor(async () => expect((await webhooks.find(webhook!))?.disabledReason).toContain("410"), 10_000);
  await receiver.close();
}

/** Everything that must be the same after a restore; what is asked changes nothing. */
export async function answersOf(server: TestServer, { model, digests, sent, attemptToken, viewerToken }: Subject) {
  const { database, artifacts } = server.running.server.stores;
  const { seq } = await database.ledger.head();
  // Positions are part of a backup: those of followers that have come to rest are compared.
  const followers = async () => (await server.gql(FollowersDocument, {})).data.followers;
  await vi.waitFor(async () => expect((await followers()).every((one) => one.seq >= seq)).toBe(true), 10_000);
  const entries = (await database.ledger.entries(0, 100_000)).map((entry) => ({
    ...entry,
    bytes: Buffer.from(entry.bytes).toString("latin1"),
  }));
  const snapshot = await database.copies.snapshot();
  const tables: Record<string, unknown[]> = {};
  for (const table of TABLES) for await (const rows of snapshot.rows(table)) (tables[table] ??= []).push(...rows);
  await snapshot.close();
  // The triggers' position is moved now and then only: what it has passed since is nothing to them.
  tables["position"] = tables["position"]?.filter((row) => (row as { follower: string }).follower !== "triggers") ?? [];
  const types = ["Agent", "Dataset", "DatasetVersion", "Model", "ModelVersion", "Run", "Runner", "Plugin"];
  const nodes = await database.nodes.list({ types, namespaces: null }, "OLDEST", null, 10_000);
  const history = await Promise.all(nodes.map(({ id, createdSeq }) => database.history.asKnownAt(id, createdSeq)));
  const held: string[] = [];
  for await (const { digest } of artifacts.list()) held.push(digest);
  const { checkpoint: _, ...ledger } = (await server.gql(LedgerDocument, {})).data.ledger;
  return {
    ledger,
    head: await database.ledger.head(),
    entries,
    tables,
    nodes,
    history,
    tags: await Promise.all(
      [undefined, entries.length - 1].map((knownSeq) =>
        database.nodes.tags("TAG", { column: "node", ids: [model] }, { at: Date.now(), knownSeq }),
      ),
    ),
    lineage: (await server.gql(LineageDocument, { node: model })).data,
    lists: (await server.gql("{ datasets { nodes { id key latestVersion } } runs { nodes { id state } } }")).data,
    replays: await Promise.all(
      sent.map(async ({ document, variables }) => (await server.gql(document, variables)).data),
    ),
    held,
    files: await Promise.all(digests.map((digest) => download(server, digest as Sha256))),
    attempt: (await server.gql("{ __typename }", {}, attemptToken)).status,
    viewer: (await server.gql("{ datasets { nodes { id } } }", {}, viewerToken)).data,
  };
}

async function download(server: TestServer, digest: Sha256): Promise<string> {
  const response = await fetch(`${server.url}/artifacts/${digest}`, { headers: bearer(server.adminToken) });
  return `${response.status} ${Buffer.from(await response.arrayBuffer()).toString("base64")}`;
}

export function requestBackup(server: TestServer, token = server.adminToken): Promise<Response> {
  return fetch(`${server.url}/backup`, { headers: bearer(token) });
}

/** Writes a backup of the server to a file. */
export async function backUp(server: TestServer, file: string): Promise<void> {
  const response = await requestBackup(server);
  if (!response.ok) throw new Error(await response.text());
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(file));
}

/** A new data folder with the keys of a server: what an operator keeps beside the backup. */
export async function folderWithKeys(server: TestServer, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  for (const name of ["checkpoint.key", "attempt-token.key", "admin.token"]) {
    await copyFile(join(server.dataDir, name), join(dataDir, name));
  }
}

/** Copies an archive without its last bytes. */
export async function truncated(from: string, to: string, bytes: number): Promise<void> {
  const whole = await readFile(from);
  await writeFile(to, whole.subarray(0, bytes < 0 ? whole.length + bytes : bytes));
}
