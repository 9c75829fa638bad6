import { copyFile, mkdir, readFile, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import {
  Column,
  type JobInput,
  type ManifestFile,
  ModelSignature,
  Observed,
  type PluginManifest,
  RelativePath,
  manifestDigest,
} from "@clew/schema";
import { hashFile } from "../host/collect-outputs.ts";

const Parameters = z.record(z.string(), z.json());

const FixtureInput = z
  .strictObject({
    /** A folder in the fixture's folder; all files below it belong to the version. */
    dir: RelativePath.optional(),
    /** Or single files in the fixture's folder; the version holds them by their last name. */
    files: z.array(RelativePath).optional(),
    schema: z.array(Column).default([]),
    signature: ModelSignature.nullable().default(null),
  })
  .refine((input) => (input.dir === undefined) !== (input.files === undefined), "needs either dir or files");
type FixtureInput = z.infer<typeof FixtureInput>;

/** `conformance/job.json` in a plugin's folder: a job that the plugin does well. */
export const Fixture = z.strictObject({
  parameters: Parameters.default({}),
  /** Each must be refused as BAD_PARAMETERS, by the manifest's schema or by the plugin. */
  badParameters: z.array(Parameters).default([]),
  inputs: z.record(z.string(), z.array(FixtureInput)).default({}),
  seed: z.number().int().nonnegative().max(0xffff_ffff).default(1),
  /** Values for the tests of the secrets that the manifest names: no real ones, the file lies beside the code. */
  secrets: z.record(z.string(), z.string().min(1)).default({}),
  /** Whether two jobs with the same seed make the same outputs, byte for byte. */
  deterministic: z.boolean().default(true),
  /** Over `parameters`, for the checks that stop the job half-way: something that keeps it busy for a while. */
  longParameters: Parameters.default({}),
  /** What a service that watches is given of its endpoint, in this order; the last one is caught up. */
  observations: z.array(Observed.omit({ seq: true, isCaughtUp: true })).default([]),
  /** A service is told to stop after this. */
  serviceSeconds: z.number().positive().max(60).default(3),
});
export type Fixture = z.infer<typeof Fixture>;

/** @throws {Error} naming the file and the field at fault. */
export async function loadFixture(pluginDir: string): Promise<Fixture> {
  const file = join(pluginDir, "conformance", "job.json");
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(`${file} is missing: it describes a job that the plugin does well`);
  });
  const parsed = Fixture.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${file}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Copies the fixture's inputs to `<inputDir>/<role>/<index>`, as a runner does. */
export async function layInputs(
  pluginDir: string,
  fixture: Fixture,
  manifest: PluginManifest,
  inputDir: string,
): Promise<Record<string, JobInput[]>> {
  const laid: Record<string, JobInput[]> = {};
  for (const [role, inputs] of Object.entries(fixture.inputs)) {
    const type = manifest.inputs[role]?.type ?? "DatasetVersion";
    laid[role] = [];
    for (const [index, input] of inputs.entries()) {
      const dir = `${role}/${index}`;
      const files = await copyFiles(join(pluginDir, "conformance"), input, join(inputDir, dir));
      const { schema, signature } = input;
      const digest = manifestDigest({ files, schema });
      laid[role].push({
        id: `${type}:${dir}`,
        key: `conformance/${role}-${index}@1`,
        type,
        digest,
        dir,
        files,
        schema,
        signature,
      });
    }
  }
  return laid;
}

async function copyFiles(from: string, input: FixtureInput, to: string): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const { source, path } of await sourcesOf(from, input)) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(source, join(to, path));
    files.push({ path, ...(await hashFile(join(to, path))) });
  }
  return files;
}

async function sourcesOf(from: string, input: FixtureInput): Promise<{ source: string; path: string }[]> {
  if (input.dir === undefined)
    return (input.files ?? []).map((file) => ({ source: join(from, file), path: basename(file) }));
  const root = join(from, input.dir);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.toSorted().map((source) => ({ source, path: source.slice(root.length + 1) }));
}
