import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClewClient } from "../../cli/src/client.ts";
import { openNeo4jGraph } from "../../server/src/adapters/neo4j/index.ts";
import { neo4jForTests, type TestedNeo4j, type TestNeo4j } from "./neo4j.ts";
import { freshDatabase, postgresForTests } from "./postgres.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where an example keeps what it does: an empty database of each kind, and a folder. */
export interface Stores {
  readonly neo4j: TestNeo4j;
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly drop: () => Promise<void>;
}

/** @param release whose graph no other file of the tests leaves unnamed: an example's has no name of its own */
export async function freshStores(release: TestedNeo4j): Promise<Stores> {
  const neo4j = await neo4jForTests(release);
  const postgres = await postgresForTests();
  const database = await freshDatabase(postgres);
  const dataDir = await mkdtemp(join(tmpdir(), "clew-flights-"));
  const environment = {
    CLEW_POSTGRES_URL: database.url,
    CLEW_NEO4J_URL: neo4j.url,
    CLEW_NEO4J_USER: neo4j.user,
    CLEW_NEO4J_PASSWORD: neo4j.password,
    CLEW_DATA_DIR: dataDir,
  };
  const drop = async () => {
    await rm(dataDir, { recursive: true, force: true });
    await database.drop();
    await postgres.stop();
    await emptyGraph(neo4j);
    await neo4j.stop();
  };
  return { neo4j, dataDir, environment, drop };
}

/** A graph follows one ledger: what the next example does is another. */
async function emptyGraph(neo4j: TestNeo4j): Promise<void> {
  const graph = await openNeo4jGraph(neo4j);
  await graph.reset();
  await graph.close();
}

export interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly printed: () => string;
}

/** What `npm start` runs, on PostgreSQL and Neo4j. Resolves once the example has ended and what it did stays up. */
export async function start({ environment }: Stores, ...options: string[]): Promise<Started> {
  const stores = ["--graph", "neo4j", "--sql", "postgres", "--port", "0"];
  const child = spawn(process.execPath, ["--conditions=clew-src", "cli/src/start.ts", ...stores, ...options], {
    cwd: ROOT,
    env: { ...process.env, ...environment, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const url = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /^GraphQL\s+(\S+)\/graphql/m.exec(printed);
      if (found) resolve(found[1] ?? "");
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`it ended with ${code} and printed:\n${printed}`)));
  });
  return { child, url: await url, printed: () => printed };
}

export async function stop({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

/** As its administrator. */
export async function clientOf({ dataDir }: Stores, { url }: Started): Promise<ClewClient> {
  const token = (await readFile(join(dataDir, "admin.token"), "utf8")).trim();
  return new ClewClient({ url, token });
}
