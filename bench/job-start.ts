/**
 * How long it takes from asking for a run until the plugin's code runs, in a runner that is there and idle; for a plugin of one shell script
 * for one in JavaScript that uses the SDK, and for one of those that may be started before its job. The first act of each is to write down
 * the time. The limit is a bare message through a queue, and the bare start of a process of the same kind: a shell that does what the script
 * does, a Node process without any import.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { PluginManifest } from "@clew/schema";
import { SubmitRunDocument } from "@clew/schema/graphql";
import type { BenchOptions, Figure, Measured } from "./support/figures.ts";
import { type Latencies, round } from "./support/load.ts";
import { shellPlugin } from "./support/plugin.ts";
import { type BenchServer, withServer } from "./support/server.ts";
import { inFolder, withNats } from "./support/services.ts";
import { carrier, repeated, withRunner } from "./support/warm-runner.ts";

const KINDS = ["command", "node", "prestarted"] as const;
type Kind = (typeof KINDS)[number];
const nameOf = (kind: Kind) => `says-when-${kind}`;
const HELLO = JSON.stringify({
  type: "hello",
  protocol: "clew-job/1",
  plugin: nameOf("command"),
  version: "1.0.0",
  environment: { backend: "sh" },
});
/** Nanoseconds since 1970 to a file that is there at once or not at all. */
const NOTE_TIME = (file: string) => `date +%s%N > "${file}.new" && mv "${file}.new" "${file}"`;
const NODE_NOTES_TIME = `import { renameSync, writeFileSync } from "node:fs";
const noteTime = (file) => {
  writeFileSync(\`\${file}.new\`, String((performance.timeOrigin + performance.now()) * 1e6));
  renameSync(\`\${file}.new\`, file);
};
`;
const nodePlugin = (kind: Kind) => `${NODE_NOTES_TIME}
import { definePlugin, servePlugin } from "@clew/plugin-sdk";
import { z } from "zod";
const plugin = definePlugin({
  name: "${nameOf(kind)}",
  version: "1.0.0",
  description: "For a bench.",
  runType: "VALIDATION",
  inputs: {},
  outputs: {},
  parameters: z.object({ file: z.string() }),
  entry: "main.js",
  run: async (job) => noteTime(job.parameters.file),
});
await servePlugin(plugin);
`;

interface Submitted {
  readonly submitRun: { readonly run: { readonly id: string } | null; readonly userErrors: readonly unknown[] };
}

/** Latencies in ms. */
interface Started {
  readonly process: Latencies;
  readonly job: Latencies;
}

export async function benchJobStart({ quick }: BenchOptions): Promise<Measured> {
  const jobs = quick ? 3 : 40;
  return withNats((url) =>
    inFolder("job", async (dir) => {
      await writeFile(join(dir, "bare.mjs"), `${NODE_NOTES_TIME}noteTime(process.argv[2]);\n`);
      const message = await repeated(jobs, await carrier(url));
      const started = await withServer(dir, { CLEW_NATS_URL: url }, async (server) =>
        withRunner(dir, url, server, await thePlugins(dir), async () => {
          const of = async (kind: Kind): Promise<Started> => ({
            process: await repeated(jobs, (n) => startProcess(kind, dir, join(dir, `bare-${n}`))),
            job: await repeated(jobs, (n) => startJob(server, nameOf(kind), join(dir, `job-${n}`))),
          });
          return { command: await of("command"), node: await of("node"), prestarted: await of("prestarted") };
        }),
      );
      return report(message, started);
    }),
  );
}

/** From the start of a process until its script has run to the time that it notes. */
async function startProcess(kind: Kind, dir: string, file: string): Promise<number> {
  const startedAt = now();
  if (kind === "command") spawn("sh", ["-c", NOTE_TIME(file)], { stdio: "ignore" });
  else spawn(process.execPath, [join(dir, "bare.mjs"), file], { stdio: "ignore" });
  return (await timeIn(file)) - startedAt;
}

async function startJob({ client }: BenchServer, plugin: string, file: string): Promise<number> {
  const startedAt = now();
  const input = { namespace: "bench", plugin, parameters: { file } };
  const { submitRun } = await client.data<Submitted>(String(SubmitRunDocument), { input });
  if (submitRun.run === null) throw new Error(JSON.stringify(submitRun.userErrors));
  const begunAt = await timeIn(file);
  // The runner reports the last one, and may start a process for the next one, before it is idle again.
  await sleep(1_000);
  return begunAt - startedAt;
}

/** A folder that holds the plugins' folders; the SDK is the built one, as it is where it is installed. */
async function thePlugins(dir: string): Promise<string> {
  const folder = join(dir, "plugins");
  const command = join(folder, nameOf("command"));
  await mkdir(command, { recursive: true });
  await writeFile(join(command, "plugin.json"), JSON.stringify(shellPlugin(nameOf("command"))));
  const script = [NOTE_TIME("$CLEW_PARAMETER_file"), `echo '${HELLO}'`, `echo '{"type":"result"}'`];
  await writeFile(join(command, "run.sh"), `${script.join("\n")}\n`);
  await aNodePlugin(folder, "node", NODE_RUNTIME);
  await aNodePlugin(folder, "prestarted", { ...NODE_RUNTIME, prestart: true });
  return folder;
}

async function aNodePlugin(folder: string, kind: Kind, runtime: PluginManifest["runtime"]): Promise<void> {
  const dir = join(folder, nameOf(kind));
  await mkdir(dir);
  const manifest = { ...shellPlugin(nameOf(kind)), resources: NODE_RESOURCES, runtime };
  await writeFile(join(dir, "plugin.json"), JSON.stringify(manifest));
  await writeFile(join(dir, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(dir, "main.js"), nodePlugin(kind));
  await symlink(fileURLToPath(new URL("../node_modules", import.meta.url)), join(dir, "node_modules"));
}

const NODE_RUNTIME = { type: "node", entry: "main.js" } as const;
const NODE_RESOURCES = { memoryMiB: 512, timeoutSeconds: 60, gpu: false };

/** Milliseconds since 1970, with fractions. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Waits for the file, and answers the time in it as milliseconds since 1970. */
async function timeIn(file: string): Promise<number> {
  const until = performance.now() + 30_000;
  while (!existsSync(file)) {
    if (performance.now() > until) throw new Error(`nothing wrote ${file}`);
    await sleep(1);
  }
  const at = Number(await readFile(file, "utf8")) / 1e6;
  await rm(file);
  return at;
}

function report(message: Latencies, started: Record<Kind, Started>): Measured {
  const figures = KINDS.map((kind): Figure => {
    const { process: bare, job } = started[kind];
    const program = kind === "command" ? "a shell" : "a Node process";
    const plugin = kind === "prestarted" ? "Node plugin that was started before" : `${kind} plugin`;
    const what = `bare publish and consume (${message.p50} ms) and the start of ${program} (${bare.p50} ms)`;
    return {
      work: `from submit to the code of a ${plugin} in a warm runner, p50`,
      value: job.p50,
      unit: "ms",
      limit: { what, value: round(message.p50 + bare.p50) },
      mark: { atMost: 3, times: true },
    };
  });
  return { figures, detail: { message, ...started } };
}
