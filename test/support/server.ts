import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role } from "@clew/schema";
import { CreateTokenDocument, type TypedDocumentString } from "@clew/schema/graphql";
import pino from "pino";
import { ADMIN_TOKEN_FILE, Config, type RunningServer, startServer } from "../../server/src/app/index.ts";
import { type Answer, post } from "./answer.ts";

type Variables = Readonly<Record<string, unknown>>;
export type Grants = Readonly<Record<string, readonly Role[]>>;
export type Gql = {
  // oxlint-disable-next-line typescript/no-explicit-any -- a document that is not typed answers what its reader says it does
  <Data = any>(text: string, variables?: Variables, token?: string): Promise<Answer<Data>>;
  <Data, Asked>(document: TypedDocumentString<Data, Asked>, variables: Asked, token?: string): Promise<Answer<Data>>;
};

/** A server in this process, on SQLite and the memory graph, with a folder of its own. */
export interface TestServer {
  readonly url: string;
  readonly dataDir: string;
  readonly adminToken: string;
  /** What the server's log has so far, every level. */
  readonly log: readonly string[];
  readonly running: RunningServer;
  /** Executes an operation over HTTP, as the administrator unless another token is given ("" for none). */
  readonly gql: Gql;
  tokenFor(grants: Grants): Promise<string>;
  /** How many entries the ledger has. */
  ledgerSize(): Promise<number>;
  stop(): Promise<void>;
}

/** @param settings as the configuration has them, where they are not the defaults. */
export async function startTestServer(settings: Partial<Config> = {}): Promise<TestServer> {
  const dataDir = settings.dataDir ?? (await mkdtemp(join(tmpdir(), "clew-server-")));
  const log: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void log.push(line) });
  const running = await startServer(Config.parse({ dataDir, port: 0, ...settings }), logger);
  const adminToken = readFileSync(join(dataDir, ADMIN_TOKEN_FILE), "utf8").trim();
  const gql: Gql = <Data>(document: unknown, variables: unknown = {}, token = adminToken) =>
    post<Data>(running.url, { query: String(document), variables }, token);
  return {
    url: running.url,
    dataDir,
    adminToken,
    log,
    running,
    gql,
    tokenFor: (grants) => makeToken(gql, grants),
    ledgerSize: async () => (await running.server.stores.database.ledger.head()).seq,
    stop: async () => {
      await running.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeToken(gql: Gql, grants: Grants): Promise<string> {
  const input = {
    agent: unique("agent"),
    kind: "SERVICE" as const,
    name: "a test's",
    grants: Object.entries(grants).map(([namespace, roles]) => ({ namespace, roles: [...roles] })),
  };
  const { data, text } = await gql(CreateTokenDocument, { input });
  const secret = data?.createToken.secret;
  if (!secret) throw new Error(`no token was made: ${text}`);
  return secret;
}

/** A name that no other test has. */
export function unique(label: string): string {
  return `${label}-${randomBytes(5).toString("hex")}`;
}
