import { delimiter, resolve } from "node:path";
import { NodeId } from "@clew/schema";
import { secretsIn } from "@clew/plugin-sdk/host";
import { z } from "zod";

const MIB = 1024 * 1024;

const natsUrl = z.string().regex(/^(nats|tls|ws|wss):\/\/\S+$|^[^\s:/]+(:\d+)?$/, "must be as nats://host:4222");
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** The variables that a runner reads, beside `CLEW_SECRET_<NAME>`. */
export const Environment = z.object({
  CLEW_NATS_URL: natsUrl,
  CLEW_NATS_TOKEN: z.string().min(1).optional(),
  CLEW_NATS_CREDS: z.string().min(1).optional(),
  CLEW_NATS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, "must be letters, digits, _ and -")
    .default("clew"),
  CLEW_SERVER_URL: z.url({ protocol: /^https?$/ }),
  CLEW_RUNNER_ID: NodeId.refine((id) => id.startsWith("Runner:"), "must be as Runner:…"),
  CLEW_RUNNER_TOKEN: z.string().min(1).max(200),
  CLEW_POOL: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be 1 to 40 of a-z 0-9 -")
    .default("default"),
  CLEW_SLOTS: count(1, 1000).default(1),
  CLEW_PLUGIN_DIRS: z.string().min(1),
  CLEW_WORK_DIR: z.string().min(1),
  CLEW_CACHE_MIB: count(0, 100_000_000).default(10_240),
  CLEW_DRAIN_SECONDS: count(0, 86_400).default(60),
  CLEW_PRESTART_SECONDS: count(0, 86_400).default(300),
  CLEW_HEALTH_FILE: z.string().min(1).optional(),
  CLEW_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** A runner's settings, checked and with defaults. */
export interface RunnerConfig {
  readonly natsUrl: string;
  readonly natsToken: string | null;
  /** A NATS credentials file, as enrolling the runner answered; absolute. */
  readonly natsCredsFile: string | null;
  /** First token of every NATS subject. */
  readonly natsPrefix: string;
  /** Base of the server's HTTP routes, where artifacts come from and go to. */
  readonly serverUrl: string;
  /** `Runner:…`, as enrolling the runner answered. */
  readonly runnerId: string;
  readonly runnerToken: string;
  readonly pool: string;
  /** Jobs at once. */
  readonly slots: number;
  /** Each a plugin's folder, or a folder of plugins' folders; absolute. */
  readonly pluginDirs: readonly string[];
  /** Holds the attempts' folders and the cache of inputs; absolute. */
  readonly workDir: string;
  readonly cacheMaxBytes: number;
  /** How long running jobs may go on once the runner drains. */
  readonly drainMs: number;
  /** How long a process may wait for a plugin's next job, where the plugin allows that; 0 for none. */
  readonly prestartMs: number;
  /** Where the runner writes down each heartbeat that got through, for a health check; absolute. Nowhere where null. */
  readonly healthFile: string | null;
  readonly logLevel: string;
  /** By name; a job is given those that its plugin names. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The environment does not make a configuration; the message names every variable at fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the runner's settings. `CLEW_SECRET_<NAME>` is the secret `<NAME>`, a variable of jobs whose plugin names it.
 * @throws {ConfigError}
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): RunnerConfig {
  // An empty variable is how a shell or a compose file leaves one out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message, code }) => {
      const isMissing = code === "invalid_type" && given[String(path[0])] === undefined;
      return `${path.join(".")} ${isMissing ? "is not set" : message}`;
    });
    throw new ConfigError(faults.join("; "));
  }
  return configOf(parsed.data, secretsIn(given));
}

function configOf(env: z.infer<typeof Environment>, secrets: Record<string, string>): RunnerConfig {
  return {
    natsUrl: env.CLEW_NATS_URL,
    natsToken: env.CLEW_NATS_TOKEN ?? null,
    natsCredsFile: env.CLEW_NATS_CREDS === undefined ? null : resolve(env.CLEW_NATS_CREDS),
    natsPrefix: env.CLEW_NATS_PREFIX,
    serverUrl: env.CLEW_SERVER_URL,
    runnerId: env.CLEW_RUNNER_ID,
    runnerToken: env.CLEW_RUNNER_TOKEN,
    pool: env.CLEW_POOL,
    slots: env.CLEW_SLOTS,
    pluginDirs: env.CLEW_PLUGIN_DIRS.split(delimiter)
      .filter((dir) => dir !== "")
      .map((dir) => resolve(dir)),
    workDir: resolve(env.CLEW_WORK_DIR),
    cacheMaxBytes: env.CLEW_CACHE_MIB * MIB,
    drainMs: env.CLEW_DRAIN_SECONDS * 1000,
    prestartMs: env.CLEW_PRESTART_SECONDS * 1000,
    healthFile: env.CLEW_HEALTH_FILE === undefined ? null : resolve(env.CLEW_HEALTH_FILE),
    logLevel: env.CLEW_LOG_LEVEL,
    secrets,
  };
}
