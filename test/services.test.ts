import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import {
  doctor,
  type Neo4jService,
  type Neo4jVersion,
  type PostgresService,
  type RunningService,
  startNats,
  startNeo4j,
  startPostgres,
} from "@clew/cli/services";
import neo4j from "neo4j-driver";
import { Client } from "pg";
import { afterEach, describe, expect, test, vi } from "vitest";

const cleanUp: Array<() => Promise<void> | void> = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const each of cleanUp.splice(0).toReversed()) await each();
});

function aFolder(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `clew-test-${name}-`));
  cleanUp.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function stopped<T extends RunningService>(service: T): T {
  cleanUp.push(() => service.stop());
  return service;
}

function isAlive(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function sql(service: PostgresService, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: service.url });
  // A killed server ends the connection with an error; nobody asks this client again.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function cypher(service: Neo4jService, text: string, password = service.password): Promise<unknown[]> {
  const driver = neo4j.driver(service.url, neo4j.auth.basic(service.user, password), { disableLosslessIntegers: true });
  try {
    return (await driver.executeQuery(text)).records.map((record) => record.toObject());
  } finally {
    await driver.close();
  }
}

describe("nats", () => {
  test("keeps its stream over kill -9 and comes back on the same port", async () => {
    const dir = aFolder("nats");
    const first = stopped(await startNats({ dir, own: true }));
    let client = await connect({ servers: first.url });
    await (await jetstreamManager(client)).streams.add({ name: "facts", subjects: ["facts.>"] });
    await jetstream(client).publish("facts.one", "kept");
    await client.close();
    await first.kill();
    expect(isAlive(first.pid)).toBe(false);
    expect(await first.exited).toEqual({ code: null, signal: "SIGKILL" });

    const second = stopped(await startNats({ dir, own: true }));
    expect(second.url).toBe(first.url);
    client = await connect({ servers: second.url });
    const message = await (await jetstreamManager(client)).streams.getMessage("facts", { seq: 1 });
    expect(message?.string()).toBe("kept");
    await client.close();
    expect(((await (await fetch(`${second.monitorUrl}/varz`)).json()) as { version: string }).version).toBe(
      second.version,
    );
    await second.stop();
    expect(isAlive(second.pid)).toBe(false);
  });

  test("takes more configuration", async () => {
    const service = stopped(
      await startNats({ dir: aFolder("nats"), own: true, config: 'authorization { token: "let-me-in" }' }),
    );
    await expect(connect({ servers: service.url, reconnect: false })).rejects.toThrow(/authorization/i);
    await (await connect({ servers: service.url, token: "let-me-in" })).close();
  });

  test("says what is wrong when it cannot start", async () => {
    const dir = aFolder("nats");
    await expect(startNats({ dir, own: true, config: "nonsense {" })).rejects.toThrow(/nats\.conf[^]*last lines/);
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    cleanUp.push(() => void taken.close());
    const { port } = taken.address() as { port: number };
    await expect(startNats({ dir, port, own: true })).rejects.toMatchObject({ portTaken: true });
    await stopped(await startNats({ dir, own: true })).stop();
  });

  test("refuses a folder that is in use", async () => {
    const dir = aFolder("nats");
    stopped(await startNats({ dir, own: true }));
    await expect(startNats({ dir, own: true })).rejects.toThrow(/served already/);
  });
});

describe("postgres", () => {
  test("keeps its rows over kill -9 and comes back on the same port", async () => {
    const dir = aFolder("postgres");
    const first = stopped(await startPostgres({ dir, own: true }));
    await sql(first, "CREATE TABLE fact (seq bigint PRIMARY KEY, body text)");
    await sql(first, "INSERT INTO fact VALUES (1, 'kept')");
    expect(await sql(first, "SHOW fsync")).toEqual([{ fsync: "on" }]);
    await first.kill();
    expect(isAlive(first.pid)).toBe(false);

    const second = stopped(await startPostgres({ dir, port: first.port, own: true }));
    expect(second.url).toBe(first.url);
    expect(await sql(second, "SELECT body FROM fact")).toEqual([{ body: "kept" }]);
    const stranger = { ...second, url: second.url.replace(second.password, "wrong") };
    await expect(sql(stranger, "SELECT 1")).rejects.toThrow(/password/);
    await second.stop();
    expect(isAlive(second.pid)).toBe(false);
  });
});

describe.each<Neo4jVersion>(["5.26.30", "2026.08.1"])("neo4j %s", (version) => {
  test("keeps its nodes over kill -9 and comes back on the same port", async () => {
    const dir = aFolder("neo4j");
    const first = stopped(await startNeo4j({ dir, version, heapMiB: 512, shortLived: true, own: true }));
    await cypher(first, "CREATE (:Fact {body: 'kept'})");
    await expect(cypher(first, "RETURN 1", "neo4j")).rejects.toThrow(/unauthorized/i);
    await first.kill();
    expect(isAlive(first.pid)).toBe(false);

    // Without a version: the one that wrote the folder.
    const second = stopped(await startNeo4j({ dir, port: first.port, heapMiB: 512, shortLived: true, own: true }));
    expect([second.url, second.version]).toEqual([first.url, version]);
    expect(await cypher(second, "MATCH (f:Fact) RETURN f.body AS body")).toEqual([{ body: "kept" }]);
    await second.stop();
    expect(isAlive(second.pid)).toBe(false);
  }, 400_000);
});

describe("an address in the environment", () => {
  test("is taken instead of a start, and never killed", async () => {
    const real = stopped(await startNats({ dir: aFolder("nats"), own: true }));
    vi.stubEnv("CLEW_NATS_URL", real.url);
    const found = await startNats({ dir: join(tmpdir(), "clew-test-never-made") });
    expect(found).toMatchObject({ url: real.url, pid: null });
    await expect(found.kill()).rejects.toThrow(/not ours/);
    await found.stop();
    expect(isAlive(real.pid)).toBe(true);
  });

  test("that nobody listens at is an error that names the variable, without the password", async () => {
    vi.stubEnv("CLEW_POSTGRES_URL", "postgres://clew:geheim@127.0.0.1:1/clew");
    const failure = startPostgres({ dir: join(tmpdir(), "clew-test-never-made") });
    await expect(failure).rejects.toThrow(/CLEW_POSTGRES_URL/);
    await expect(failure).rejects.not.toThrow(/geheim/);
  });

  test("is what doctor reports", async () => {
    vi.stubEnv("CLEW_NEO4J_URL", "bolt://someone:geheim@10.0.0.1:7687");
    const neo4js = (await doctor()).filter((each) => each.service.startsWith("neo4j"));
    expect(neo4js.map((each) => each.where)).toEqual(Array(2).fill("bolt://someone:…@10.0.0.1:7687"));
  });
});

/** Starts nats-server from a process of its own, which prints the service's pid and then does what `then` says. */
async function aStarter(
  dir: string,
  then: string,
): Promise<{ owner: number; service: number; ended: Promise<unknown> }> {
  const file = join(dir, "starter.ts");
  const services = import.meta.resolve("../cli/src/services/index.ts");
  writeFileSync(
    file,
    `import { startNats } from ${JSON.stringify(services)};
     const service = await startNats({ dir: ${JSON.stringify(dir)}, own: true });
     console.log(service.pid);
     ${then}`,
  );
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { owner: child.pid ?? 0, service: Number(line), ended };
}

describe("a starter that ends", () => {
  test.each([
    ["by running out of work", ""],
    ["by process.exit", "process.exit(3);"],
    ["by an error", 'throw new Error("on purpose, by the test");'],
    ["by SIGTERM", 'process.kill(process.pid, "SIGTERM");'],
    ["by SIGKILL", 'process.kill(process.pid, "SIGKILL");'],
  ])("%s takes its service along", async (_how, then) => {
    const starter = await aStarter(aFolder("starter"), then);
    await starter.ended;
    await vi.waitFor(() => expect(isAlive(starter.service)).toBe(false), { timeout: 10_000 });
  });

  test("leaving an orphan behind: the next start stops that one first", async () => {
    const dir = aFolder("starter");
    const starter = await aStarter(dir, "setInterval(() => {}, 1_000);");
    // The record of a starter that is gone, with a service that lives: what SIGKILL leaves where the kernel does not help.
    const record = JSON.parse(readFileSync(join(dir, "clew.pid"), "utf8")) as { service: string };
    writeFileSync(join(dir, "clew.pid"), JSON.stringify({ ...record, owner: "999999999@1" }));
    stopped(await startNats({ dir, own: true }));
    expect(isAlive(starter.service)).toBe(false);
    process.kill(starter.owner, "SIGKILL");
    await starter.ended;
  });
});
