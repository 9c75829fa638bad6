import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { EnrolRunnerDocument, RunnersDocument } from "@clew/schema/graphql";
import { z } from "zod";
import { checkout } from "../checkout.ts";
import { accepted, ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";
import { launch, type Supervised } from "../services/supervise.ts";

const RunnerIdentity = z.object({ id: z.string(), token: z.string() });
export type RunnerIdentity = z.infer<typeof RunnerIdentity>;

const NAME = "local";

/** The enrolled runner of a data folder: the one of the last start where the server still knows its token, else a new one. */
export async function enrolledRunner(admin: ClewClient, dataDir: string): Promise<RunnerIdentity> {
  const file = join(dataDir, "runner.json");
  const kept = readIdentity(file);
  if (kept !== null && (await isKnown(admin.url, kept))) return kept;
  const { enrolRunner } = await admin.request(EnrolRunnerDocument, { input: { name: NAME } });
  const { runner, secret } = accepted(enrolRunner);
  if (!secret) throw new CliError("the server enrolled the runner, but did not show its token");
  const identity = { id: runner!.id, token: secret };
  writeFileSync(file, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
  return identity;
}

function readIdentity(file: string): RunnerIdentity | null {
  try {
    return RunnerIdentity.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

async function isKnown(url: string, { token }: RunnerIdentity): Promise<boolean> {
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
  /** CLEW_NATS_… */
  readonly natsEnv: Record<string, string>;
  /** As in CLEW_PLUGIN_DIRS; that variable or else the checkout's plugins where it is left out. */
  readonly pluginDirs?: string;
  readonly onLog: (line: string) => void;
  readonly logPath: string;
}

/** Starts a runner and returns when the server has heard it. */
export async function startRunnerProcess(options: RunnerOptions): Promise<Supervised> {
  const { dataDir, admin, identity, natsEnv, onLog, logPath } = options;
  const root = checkout();
  const pluginDirs = options.pluginDirs ?? process.env["CLEW_PLUGIN_DIRS"] ?? join(root, "plugins");
  const dir = join(dataDir, "runner");
  mkdirSync(dir, { recursive: true });
  return launch({
    name: "runner",
    dir,
    file: process.execPath,
    args: ["--conditions=clew-src", join(root, "runners", "node", "src", "main.ts")],
    env: {
      ...natsEnv,
      CLEW_SERVER_URL: admin.url,
      CLEW_RUNNER_ID: identity.id,
      CLEW_RUNNER_TOKEN: identity.token,
      CLEW_PLUGIN_DIRS: pluginDirs,
      CLEW_WORK_DIR: join(dir, "work"),
      CLEW_SLOTS: process.env["CLEW_SLOTS"] ?? String(Math.max(1, Math.floor(availableParallelism() / 2))),
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

async function isHeard(admin: ClewClient, id: string): Promise<boolean> {
  try {
    const { runners } = await admin.request(RunnersDocument, { first: 500 });
    return runners.nodes.some((runner) => runner.id === id && runner.presence?.state === "ready");
  } catch {
    return false;
  }
}
