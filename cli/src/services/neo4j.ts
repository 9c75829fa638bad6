import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { addressOf, atAddress } from "./address.ts";
import { findOrInstallNeo4jProgram, NEO4J_VERSIONS, type Neo4jProgram, type Neo4jVersion } from "./neo4j-install.ts";
import { LAUNCHER, READY_LINE } from "./neo4j-launcher.ts";
import { onFreePort } from "./ports.ts";
import { boltAnswers } from "./probes.ts";
import { keptSecret } from "./secret.ts";
import { type Neo4jService, ServiceError, type StartOptions } from "./service.ts";
import { launch } from "./supervise.ts";

export interface Neo4jOptions extends StartOptions {
  /** Absent: the one that wrote the folder, else the first that this machine's JDKs can run. */
  readonly version?: Neo4jVersion;
  /** Java heap; the process takes about half as much again for the page cache and the JVM. */
  readonly heapMiB?: number;
  /** For tests: half the work at the start (9 instead of 20 s of processor time), slower when it runs long. */
  readonly shortLived?: boolean;
}

const USER = "neo4j";
const PAGE_CACHE_MIB = 256;

/** Neo4j Community, Bolt only, on the loopback interface only; or the one that CLEW_NEO4J_URL names. */
export async function startNeo4j(options: Neo4jOptions): Promise<Neo4jService> {
  const url = options.own === true ? null : addressOf("neo4j");
  if (url !== null) return { ...(await atAddress("neo4j", url)), ...credentialsFromEnvironment() };
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const program = await findOrInstallNeo4jProgram(options.version ?? versionThatWrote(dir));
  writeFileSync(join(dir, "version"), program.version);
  return onFreePort(options.port, (port) => startOn(port, dir, program, options));
}

async function startOn(port: number, dir: string, program: Neo4jProgram, options: Neo4jOptions): Promise<Neo4jService> {
  const password = keptSecret(dir);
  const config = join(dir, "neo4j.conf");
  const launcher = join(dir, "ClewNeo4j.java");
  writeFileSync(config, configuration(port));
  writeFileSync(launcher, LAUNCHER);
  const process = await launch({
    name: "neo4j",
    dir,
    file: join(program.jdk.home, "bin", "java"),
    args: [...javaOptions(program, options), launcher, dir, config],
    env: { CLEW_PASSWORD: password },
    stopSignal: "SIGTERM",
    stopWithinMs: 30_000,
    // Five seconds on an idle machine, forty on two cores that others use too.
    readyWithinMs: 180_000,
    advice: `Look at ${join(dir, "logs", "debug.log")}; if the data are not needed, delete ${dir} and start again.`,
    ready: async (log) => log.includes(READY_LINE) && (await boltAnswers(port)),
    onLog: options.onLog,
  });
  const url = `bolt://127.0.0.1:${port}`;
  return { ...process, name: "neo4j", version: program.version, port, url, user: USER, password };
}

/** The serial collector suits small heaps on few cores; the opened packages are those that Neo4j's own scripts open. */
function javaOptions(program: Neo4jProgram, { heapMiB = 1024, shortLived = false }: Neo4jOptions): string[] {
  const opened = ["java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent"];
  return [
    `-Xmx${heapMiB}m`,
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    // The first compiler only: the second one's work is lost on a process that soon ends.
    ...(shortLived ? ["-XX:TieredStopAtLevel=1"] : []),
    ...opened.map((each) => `--add-opens=${each}=ALL-UNNAMED`),
    ...(program.jdk.major >= 24 ? ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"] : []),
    "-cp",
    join(program.where, "*"),
  ];
}

function configuration(port: number): string {
  const settings = {
    "server.bolt.enabled": "true",
    "server.bolt.listen_address": `127.0.0.1:${port}`,
    "server.bolt.advertised_address": `127.0.0.1:${port}`,
    "server.bolt.tls_level": "DISABLED",
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.security.auth_enabled": "true",
    "dbms.usage_report.enabled": "false",
    "server.memory.pagecache.size": `${PAGE_CACHE_MIB}m`,
    // The graph can be rebuilt from the ledger at any time: logs are for recovery after a crash, and need not be long.
    "db.tx_log.rotation.retention_policy": "100M size",
    "db.tx_log.rotation.size": "32m",
    "db.tx_log.preallocate": "false",
    // Otherwise every stop waits five seconds for threads that have nothing to do.
    "internal.server.bolt.thread_pool_shutdown_wait_time": "200ms",
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

function versionThatWrote(dir: string): Neo4jVersion | undefined {
  const path = join(dir, "version");
  if (!existsSync(path)) return undefined;
  const written = readFileSync(path, "utf8").trim();
  const known = NEO4J_VERSIONS.find((each) => each === written);
  if (known === undefined) throw new ServiceError(`${dir} was written by Neo4j ${written}. Use another folder.`);
  return known;
}

function credentialsFromEnvironment(): { user: string; password: string } {
  return { user: process.env["CLEW_NEO4J_USER"] ?? USER, password: process.env["CLEW_NEO4J_PASSWORD"] ?? "" };
}
