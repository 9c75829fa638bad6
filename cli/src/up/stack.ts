import { join } from "node:path";
import {
  type NatsService,
  type Neo4jService,
  type PostgresService,
  startNats,
  startNeo4j,
  startPostgres,
} from "@clew/cli/services";
import { ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";
import { masked } from "../services/address.ts";
import { PidFile } from "../services/pid-file.ts";
import { freePort } from "../services/ports.ts";
import { readToken } from "../settings.ts";
import type { StepLog } from "../terminal/steps.ts";
import { makeDataFolder } from "./data-folder.ts";
import { keepRunning, type Started } from "./keep-running.ts";
import { LogFile } from "./log-file.ts";
import { ensureNatsTrust } from "./nats-trust.ts";
import { enrolledRunner, startRunnerProcess } from "./runner-process.ts";
import { runnerWarning } from "./runner-warning.ts";
import { requireFreePort, serverUrl, startServerProcess } from "./server-process.ts";
import type { Stops } from "./stops.ts";

export interface StackOptions {
  /** Absolute. Everything that the processes keep. */
  readonly dataDir: string;
  /** Of the GraphQL server; 0 is a free one. */
  readonly port: number;
  readonly graph: "memory" | "neo4j";
  readonly sql: "sqlite" | "postgres";
  /** An administrator's token, for a database that was not made here. */
  readonly token: string | null;
  /** Jobs that the runner does at a time, instead of CLEW_SLOTS. */
  readonly slots?: number;
}

export interface Stack {
  readonly url: string;
  /** Where runners elsewhere connect; without its password. */
  readonly natsUrl: string;
  readonly token: string;
  readonly logDir: string;
}

/** Starts everything that a local Clew needs, in order, and keeps it running. Every process is registered in `stops` once it runs. */
export async function startStack(options: StackOptions, stops: Stops, log: StepLog): Promise<Stack> {
  const { dataDir } = options;
  makeDataFolder(dataDir, options.sql);
  await lockFolder(dataDir, stops);
  const port = options.port === 0 ? await freePort() : options.port;
  await requireFreePort(port);
  const parts = new Parts(dataDir, stops, log);
  const natsEnv = await startNatsServer(parts);
  const env = { ...natsEnv, ...(await startGraph(parts, options.graph)), ...(await startSql(parts, options.sql)) };
  const url = serverUrl(port);
  await parts.keep(
    "server",
    "Clew server",
    (onLog, logPath) => () => startServerProcess({ dataDir, port, env, onLog, logPath }),
  );
  const token = options.token ?? readToken(dataDir);
  if (token === null) {
    throw new CliError(`the server has made no administrator's token in ${dataDir}`, {
      advice: "its database has one already: give it in CLEW_TOKEN",
    });
  }
  await startRunner(parts, new ClewClient({ url, token }), natsEnv, options.slots);
  return { url, natsUrl: masked(natsEnv.CLEW_NATS_URL), token, logDir: parts.logDir };
}

/** Two supervisors on one folder would fight over its processes. */
export async function lockFolder(dataDir: string, stops: Stops): Promise<void> {
  const pidFile = new PidFile(dataDir);
  await pidFile.claim("SIGTERM", 0);
  stops.add("lock", async () => pidFile.release());
}

type Environment = Record<string, string>;
type NatsEnvironment = Environment & { readonly CLEW_NATS_URL: string };

/** NATS with an operator of its own, so that a runner can speak for itself only. */
async function startNatsServer(parts: Parts): Promise<NatsEnvironment> {
  const dir = join(parts.dataDir, "nats");
  const trust = await ensureNatsTrust(join(dir, "trust"));
  const nats = await parts.keep<NatsService>("nats", "NATS server", (onLog) => (before) => {
    return startNats({ dir, config: trust.config, onLog, ...(before ? { port: before.port } : {}) });
  });
  // One that was found at an address has credentials of its own, which the environment holds.
  return { CLEW_NATS_URL: nats.url, ...(nats.pid === null ? {} : trust.serverEnv) };
}

async function startGraph(parts: Parts, graph: StackOptions["graph"]): Promise<Environment> {
  if (graph === "memory") return {};
  const dir = join(parts.dataDir, "neo4j");
  const { url, user, password } = await parts.keep<Neo4jService>("neo4j", "Neo4j", (onLog) => (before) => {
    return startNeo4j({ dir, onLog, ...(before ? { port: before.port } : {}) });
  });
  return { CLEW_NEO4J_URL: url, CLEW_NEO4J_USER: user, CLEW_NEO4J_PASSWORD: password };
}

async function startSql(parts: Parts, sql: StackOptions["sql"]): Promise<Environment> {
  if (sql === "sqlite") return {};
  const dir = join(parts.dataDir, "postgres");
  const { url } = await parts.keep<PostgresService>("postgres", "PostgreSQL", (onLog) => (before) => {
    return startPostgres({ dir, onLog, ...(before ? { port: before.port } : {}) });
  });
  return { CLEW_POSTGRES_URL: url };
}

async function startRunner(parts: Parts, admin: ClewClient, natsEnv: Environment, slots?: number): Promise<void> {
  const { dataDir } = parts;
  const identity = await enrolledRunner(admin, dataDir, natsEnv);
  const warnings = new Set<string>();
  let isStarting = true;
  await parts.keep("runner", "runner", (onLog, logPath) => {
    const onLine = (line: string) => {
      onLog(line);
      const warning = isStarting ? runnerWarning(line) : null;
      if (warning !== null) warnings.add(warning);
    };
    const given = slots === undefined ? {} : { slots };
    return () => startRunnerProcess({ dataDir, admin, identity, ...given, onLog: onLine, logPath });
  });
  isStarting = false;
  // What it did not host would otherwise be seen when a run of it waits for ever.
  parts.warn("runner", warnings);
}

type StartProcess<Process> = (before: Process | null) => Promise<Process>;

/** What the processes share. */
class Parts {
  readonly dataDir: string;
  readonly logDir: string;
  readonly #stops: Stops;
  readonly #log: StepLog;

  constructor(dataDir: string, stops: Stops, log: StepLog) {
    this.dataDir = dataDir;
    this.logDir = join(dataDir, "logs");
    this.#stops = stops;
    this.#log = log;
  }

  warn(name: string, warnings: Iterable<string>): void {
    for (const warning of warnings) this.#log.print(`! ${name}: ${warning}`);
  }

  /** Starts a process in a step of its own, writes its lines to a file and keeps it running. */
  async keep<Process extends Started & { readonly version?: string | null }>(
    name: string,
    title: string,
    starter: (onLog: (line: string) => void, logPath: string) => StartProcess<Process>,
  ): Promise<Process> {
    const file = new LogFile(join(this.logDir, `${name}.log`));
    this.#stops.add(`${name}'s log`, () => file.close());
    const step = this.#log.step(`start ${title}`);
    try {
      const say = (line: string) => this.#log.print(`! ${line}`);
      const kept = await keepRunning(name, starter(file.write, file.path), { say, logPath: file.path });
      this.#stops.add(name, () => kept.stop());
      step.done(kept.current.version ?? "");
      return kept.current;
    } catch (error) {
      step.failed("did not start");
      throw error;
    }
  }
}
