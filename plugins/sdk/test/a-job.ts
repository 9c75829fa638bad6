import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { type JobInput, type JobMessage, PluginManifest, manifestDigest, sha256 } from "@clew/schema";
import { type JobOutcome, type JobSpec, runJob } from "../src/host/index.ts";

export const HELLO = `echo '{"type":"hello","protocol":"clew-job/1","plugin":"sample","version":"1.0.0"}'`;
export const RESULT = `echo '{"type":"result"}'`;
/** Seconds that a job sleeps which its host has to end: more than a test may take. */
export const FOR_EVER = 100;
/** States the output `data` in folder `made`. */
export const OUTPUT = statement("data", { nodeType: "DatasetVersion", dir: "made", schema: [], rows: null });

export function statement(role: string, output: object): string {
  return `echo '${JSON.stringify({ type: "output", role, output })}'`;
}

/** Holds the folders of one test file, whose tests may run side by side. */
const root = await mkdtemp(join(tmpdir(), "clew-sdk-test-"));
afterAll(async () => await rm(root, { recursive: true, force: true }));

/** A folder that goes when the test file has ended. */
export async function aFolder(files: Record<string, string> = {}): Promise<string> {
  const dir = await mkdtemp(join(root, "folder-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
    if (path.endsWith(".sh")) await chmod(join(dir, path), 0o755);
  }
  return dir;
}

/** A folder from which the workspace's packages can be imported. */
export async function aPackageFolder(files: Record<string, string>): Promise<string> {
  const dir = await aFolder(files);
  await symlink(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(dir, "node_modules"));
  return dir;
}

export function aManifest(given: Partial<Record<keyof PluginManifest, unknown>> = {}): PluginManifest {
  return PluginManifest.parse({
    name: "sample",
    version: "1.0.0",
    description: "For tests.",
    hostApi: 1,
    runType: "PREPARATION",
    inputs: {},
    outputs: { data: { type: "DatasetVersion", description: "Made.", required: false } },
    parameters: { type: "object" },
    runtime: { type: "command", command: ["sh", "job.sh"] },
    ...given,
  });
}

/** An input of one file under `<role>/0`; write it with aFolder. */
export function anInput(role: string, path: string, text: string): JobInput {
  const files = [{ path, sizeBytes: Buffer.byteLength(text), digest: sha256(text) }];
  return {
    id: `DatasetVersion:${role}`,
    key: `tests/${role}@1`,
    type: "DatasetVersion",
    digest: manifestDigest({ files, schema: [] }),
    dir: `${role}/0`,
    files,
    schema: [],
    signature: null,
  };
}

export interface TriedJob {
  outcome: JobOutcome;
  messages: JobMessage[];
  outputDir: string;
}

/** Runs a plugin of one shell script. */
export async function aShellJob(script: string, given: Partial<JobSpec> = {}): Promise<TriedJob> {
  return await aJob(await aFolder({ "job.sh": script }), given);
}

export async function aJob(pluginDir: string, given: Partial<JobSpec> = {}): Promise<TriedJob> {
  const work = await aFolder();
  const messages: JobMessage[] = [];
  const spec: JobSpec = {
    pluginDir,
    manifest: aManifest(),
    inputDir: join(work, "input"),
    outputDir: join(work, "output"),
    parameters: {},
    inputs: {},
    seed: 7,
    runId: "run-1",
    attempt: 1,
    graceMs: 2000,
    ...given,
    onMessage: async (message) => {
      messages.push(message);
      await given.onMessage?.(message);
    },
  };
  return { outcome: await runJob(spec), messages, outputDir: spec.outputDir };
}

export function logsOf(messages: readonly JobMessage[]): string[] {
  return messages.flatMap((message) => (message.type === "log" ? [message.message] : []));
}
