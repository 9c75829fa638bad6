import { type Child, startChild } from "./child.ts";
import { aRunner } from "./builders.ts";
import { aFolder } from "./runner-host.ts";
import type { ReachableServer } from "./answer.ts";

/** The Node runner in a process of its own, which can be killed. */
export interface RunnerProcess extends Child {
  /** `Runner:…`. */
  readonly id: string;
}

interface RunnerProcessOptions {
  readonly natsUrl: string;
  readonly natsPrefix: string;
  readonly pluginDir: string;
  readonly slots: number;
}

/** Enrols a runner and starts it; resolves when it takes jobs. */
export async function startRunnerProcess(
  server: ReachableServer,
  { natsUrl, natsPrefix, pluginDir, slots }: RunnerProcessOptions,
): Promise<RunnerProcess> {
  const { id, token } = await aRunner(server);
  const environment = {
    CLEW_NATS_URL: natsUrl,
    CLEW_NATS_PREFIX: natsPrefix,
    CLEW_SERVER_URL: server.url,
    CLEW_RUNNER_ID: id,
    CLEW_RUNNER_TOKEN: token,
    CLEW_PLUGIN_DIRS: pluginDir,
    CLEW_SLOTS: String(slots),
    CLEW_WORK_DIR: await aFolder("work"),
    CLEW_DRAIN_SECONDS: "1",
  };
  const program = ["--conditions=clew-src", "runners/node/src/main.ts"];
  const { child } = await startChild(program, environment, "the runner takes jobs");
  return { ...child, id };
}
