import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { EnrolRunnerDocument, RunnersDocument } from "@clew/schema/graphql";
import { z } from "zod";
import { checkout } from "../checkout.ts";
import { accepted, ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";
import { launch, type Supervised } from "../services/supervise.ts";
import { pluginDirs } from "./plugin-dirs.ts";

const EnrolledRunner = z.object({ id: z.string(), token: z.string() });

/** An enrolled runner, and how it reaches NATS. */
export interface RunnerIdentity extends z.infer<typeof EnrolledRunner> {
  readonly natsEnv: Record<string, string>;
}

const NAME = "local";

/**
 * The enrolled runner of a data folder: the one of the last start where the server still knows its token, else a new one.
 * @param serverEnv the server's CLEW_NATS_… variables
 */
export async function enrolledRunner(
  admin: ClewClient,
  dataDir: string,
  serverEnv: Record<string, string>,
): Promise<RunnerIdentity> {
  const file = join(dataDir, "runner.json");
  const signingKey = serverEnv["CLEW_NATS_SIGNING_KEY"];
  // Beside the key that signed them: without that they are worth nothing.
  const credsFile = signingKey === undefined ? null : join(dirname(signingKey), "runner.creds");
  const natsEnv = natsOf(serverEnv, credsFile);
  const kept = readIdentity(file);
  const hasCredentials = credsFile === null || existsSync(credsFile);
  if (kept !== null && hasCredentials && (await isKnown(admin.url, kept))) return { ...kept, natsEnv };
  const { enrolRunner } = await admin.request(EnrolRunnerDocument, { input: { name: NAME } });
  const { runner, secret, natsCredentials } = accepted(enrolRunner);
  if (!secret) throw new CliError("the server enrolled the runner, but did not show its token");
  if (credsFile !== null) {
    if (natsCredentials == null) throw new CliError("the server enrolled the runner, but made no NATS credentials");
    writeFileSync(credsFile, natsCredentials, { mode: 0o600 });
  }
  const identity = { id: runner!.id, token: secret };
  writeFileSync(file, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
  return { ...identity, natsEnv };
}

/** A runner never sees the server's credentials, nor the key. */
function natsOf(serverEnv: Record<string, string>, credsFile: string | null): Record<string, string> {
  if (credsFile === null) return serverEnv;
  return { ...serverEnv, CLEW_NATS_CREDS: credsFile, CLEW_NATS_SIGNING_KEY: "" };
}

function readIdentity(file: string): z.infer<typeof EnrolledRunner> | null {
  try {
    return EnrolledRunner.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

async function isKnown(url: string, { token }: { readonly token: string }): Promise<boolean> {
  try {
    await new ClewClient({ url, token }).request(RunnersDocument, { first: 1 });
    return true;
  } catch (error) {
    if (error instanceof CliError && error.code === "UNAUTHENTICATED") return false;
    throw error;
  }
}

export interface RunnerOptions {
  readonly dataDir: string;
  readonly admin: ClewClient;
  readonly identity: RunnerIdentity;
  /** As in CLEW_PLUGIN_DIRS; that variable or else the checkout's plugins where it is left out. */
  readonly pluginDirs?: string;
  /** Jobs at a time; CLEW_SLOTS or else half the processors where it is left out. */
  readonly slots?: number;
  readonly onLog: (line: string) => void;
  readonly logPath: string;
}

/** Starts a runner and returns when the server has heard it. */
export async function startRunnerProcess(options: RunnerOptions): Promise<Supervised> {
  const { dataDir, admin, identity, onLog, logPath } = options;
  const root = checkout();
  const hosted = pluginDirs(options.pluginDirs ?? process.env["CLEW_PLUGIN_DIRS"], root);
  const dir = join(dataDir, "runner");
  mkdirSync(dir, { recursive: true });
  return launch({
    name: "runner",
    dir,
    file: process.execPath,
    args: ["--conditions=clew-src", join(root, "runners", "node", "src", "main.ts")],
    env: {
      ...identity.natsEnv,
      CLEW_SERVER_URL: admin.url,
      CLEW_RUNNER_ID: identity.id,
      CLEW_RUNNER_TOKEN: identity.token,
      CLEW_PLUGIN_DIRS: hosted,
      CLEW_WORK_DIR: join(dir, "work"),
      CLEW_SLOTS: slotsOf(options.slots),
      CLEW_DRAIN_SECONDS: "5",
    },
    stopSignal: "SIGTERM",
    stopWithinMs: 25_000,
    readyWithinMs: 90_000,
    advice: `Look at ${logPath}.`,
    ready: () => isHeard(admin, identity.id),
    onLog,
  });
}

function slotsOf(given: number | undefined): string {
  if (given !== undefined) return String(given);
  return process.env["CLEW_SLOTS"] ?? String(Math.max(1, Math.floor(availableParallelism() / 2)));
}

async function isHeard(admin: ClewClient, id: string): Promise<boolean> {
  try {
    const { runners } = await admin.request(RunnersDocument, { first: 500 });
    return runners.nodes.some((runner) => runner.id === id && runner.presence?.state === "ready");
  } catch {
    return false;
  }
}
