import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { type Answers, aClaim, aFolder, aRunner, aServer, aShellPlugin, eventually, newRunId } from "./runner-host.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";

/** Says that it runs, in a file that holds its process's number once it is there, then waits until the one at $CLEW_PARAMETER_until exists. */
export const WAITING = `
echo "$$" > "$CLEW_PARAMETER_pidFile.new"
mv "$CLEW_PARAMETER_pidFile.new" "$CLEW_PARAMETER_pidFile"
echo '{"type":"metric","name":"begun","value":1,"step":0}'
while [ ! -e "$CLEW_PARAMETER_until" ]; do sleep 0.05; done
echo '{"type":"result"}'
`;

/** A plugin that waits until its file `until` is there, and a server whose runs are of it. */
export async function aWaitingPlugin(
  answers: Answers = {},
  { leaseMs, nats = NATS }: { leaseMs?: number; nats?: string } = {},
) {
  const dir = await aFolder("signs");
  const signs = { until: join(dir, "go"), pidFile: join(dir, "pid") };
  const plugin = "waits@1.0.0";
  const claim = aClaim([], signs, { plugin, ...(leaseMs && { leaseMs }) });
  const server = await aServer(nats, { ClaimRun: claim, ...answers }, leaseMs);
  return { server, signs, plugin, pluginDir: await aShellPlugin("waits", WAITING) };
}

/** A job that waits until it is let go, in a runner that hosts it, begun. */
export async function aWaitingJob(
  answers: Answers = {},
  options: { leaseMs?: number; nats?: string; drainMs?: number } = {},
) {
  const { nats = NATS, drainMs = 20_000 } = options;
  const { server, signs, plugin, pluginDir } = await aWaitingPlugin(answers, options);
  const runner = await aRunner(server, nats, { pluginDirs: [pluginDir], drainMs });
  const runId = newRunId();
  await server.invite(runId, 1, plugin);
  await eventually(() => expect(existsSync(signs.pidFile)).toBe(true));
  const pid = Number(await readFile(signs.pidFile, "utf8"));
  return { server, runner, runId, plugin, pid, letGo: () => writeFile(signs.until, ""), isAlive: () => isAlive(pid) };
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
