import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { type JobOutcome, runJob, secretsIn } from "@clew/plugin-sdk/host";
import {
  contentId,
  digestOfFile,
  type JobInput,
  type JobMessage,
  JobOutput,
  manifestDigest,
  type ModelSignature,
  type PluginManifest,
} from "@clew/schema";
import { z } from "zod";
import { type Pair, type Parameters } from "./arguments.ts";
import { UsageError } from "./errors.ts";
import { profileFiles } from "./profile-files.ts";
import { collectFiles, type LocalFile } from "./publish.ts";

export interface LocalJob {
  readonly pluginDir: string;
  readonly manifest: PluginManifest;
  readonly parameters: Parameters;
  /** Role and path: a file, or a folder that is one version with all that is below it. */
  readonly inputs: readonly Pair[];
  readonly outputDir: string;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onMessage?: (message: JobMessage) => void;
}

/** Beside the outputs' folders: what the job said of each, so that a model can be another job's input. */
const OUTPUTS_FILE = "outputs.json";
const Outputs = z.array(z.object({ role: z.string(), output: JobOutput }));

/** Runs one job of a plugin on this machine, without a server: files take the place of versions. */
export async function runLocalJob(job: LocalJob): Promise<JobOutcome> {
  const inputDir = mkdtempSync(join(tmpdir(), "clew-inputs-"));
  try {
    const { pluginDir, manifest, parameters, outputDir, seed, signal, onMessage } = job;
    const inputs = await layOutInputs(job, inputDir);
    const outcome = await runJob({
      pluginDir,
      manifest,
      inputDir,
      outputDir,
      parameters,
      inputs,
      seed,
      runId: "Run:local",
      attempt: 1,
      secrets: secretsIn(process.env),
      ...(signal ? { signal } : {}),
      ...(onMessage ? { onMessage } : {}),
    });
    const said = outcome.outputs.map(({ role, output }) => ({ role, output }));
    if (said.length > 0) writeFileSync(join(outputDir, OUTPUTS_FILE), `${JSON.stringify(said, null, 2)}\n`);
    return outcome;
  } finally {
    rmSync(inputDir, { recursive: true, force: true });
  }
}

async function layOutInputs({ manifest, inputs }: LocalJob, inputDir: string): Promise<Record<string, JobInput[]>> {
  const laid: Record<string, JobInput[]> = {};
  for (const { name: role, value: path } of inputs) {
    const declared = manifest.inputs[role];
    if (declared === undefined) {
      const roles = Object.keys(manifest.inputs).join(", ") || "none";
      throw new UsageError(`${manifest.name} has no input ${role}; its inputs are: ${roles}`);
    }
    const dir = `${role}/${laid[role]?.length ?? 0}`;
    laid[role] = [...(laid[role] ?? []), await layOut(path, declared.type, inputDir, dir)];
  }
  return laid;
}

async function layOut(path: string, type: JobInput["type"], inputDir: string, dir: string): Promise<JobInput> {
  const found = collectFiles([path]);
  const files = await Promise.all(
    found.map(async ({ local, path: name }) => ({ path: name, ...(await digestOfFile(local)) })),
  );
  for (const file of found) place(file, join(inputDir, dir));
  const profile = type === "DatasetVersion" ? await profileFiles(found.map(({ local }) => local)) : null;
  const schema = profile?.schema ?? [];
  const digest = manifestDigest({ files, schema });
  const name = basename(resolve(path), extname(path));
  const signature = type === "ModelVersion" ? signatureOf(path) : null;
  return { id: contentId(type, digest), key: `local/${name}@1`, type, digest, dir, files, schema, signature };
}

/** A second name for the file where the file system can, else a copy. */
function place({ local, path }: LocalFile, folder: string): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(resolve(local), target);
  } catch {
    copyFileSync(local, target);
  }
}

/** The signature of a model that another local job made. */
function signatureOf(path: string): ModelSignature | null {
  const file = join(dirname(resolve(path)), OUTPUTS_FILE);
  if (!existsSync(file)) return null;
  const outputs = Outputs.parse(JSON.parse(readFileSync(file, "utf8")));
  const made = outputs.find(
    ({ output }) => output.nodeType === "ModelVersion" && output.dir === basename(resolve(path)),
  );
  return made?.output.nodeType === "ModelVersion" ? made.output.signature : null;
}
