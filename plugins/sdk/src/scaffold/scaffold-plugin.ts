import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PluginManifest, type RunType } from "@clew/schema";
import { renderTemplate } from "./render-template.ts";

export type PluginLanguage = "node" | "python" | "command";
type OutputKind = "model" | "dataset" | "report";

export interface ScaffoldOptions {
  /** Kebab-case, at most 63 characters. */
  name: string;
  runType: RunType;
  language: PluginLanguage;
  /** One sentence; by default what the sample job does. */
  description?: string;
  /** Where the folder is no workspace beside the SDK, so that its packages are not found by themselves. */
  outside?: OutsidePackages;
}

/** As package.json names them. */
export interface OutsidePackages {
  sdk: string;
  /** What its test and its editor want. */
  devDependencies: Readonly<Record<string, string>>;
}

const KINDS: Partial<Record<RunType, OutputKind>> = {
  TRAINING: "model",
  TUNING: "model",
  EXPORT: "model",
  PREPARATION: "dataset",
  SCORING: "dataset",
  EVALUATION: "report",
  VALIDATION: "report",
  MONITORING: "report",
};

const RUNTIMES: Record<PluginLanguage, string> = {
  node: '{ "type": "node", "entry": "src/main.ts" }',
  python: '{ "type": "python", "entry": "main.py" }',
  command: '{ "type": "command", "command": ["sh", "job.sh"] }',
};

const DESCRIPTIONS: Record<OutputKind, string> = {
  model: "Trains the simplest of models on a column: its mean.",
  dataset: "Keeps the values of a column and leaves its gaps out.",
  report: "Reports the rows and the mean of a column.",
};

/** Lies beside src and beside dist. */
const TEMPLATES = fileURLToPath(new URL("../../templates", import.meta.url));

/**
 * Writes a plugin that passes the conformance kit as it is: code, plugin.json, README, test and fixture.
 * @returns the files, relative to `dir`, sorted.
 * @throws {RangeError} for a name that no plugin can have, a run type that no task plugin does, a folder that is not empty.
 */
export async function scaffoldPlugin(dir: string, options: ScaffoldOptions): Promise<string[]> {
  const { flags, values } = await fillingOf(options);
  await requireEmpty(dir);
  const written = new Set<string>();
  for (const set of setsOf(options)) {
    for (const path of await templatesUnder(join(TEMPLATES, set))) {
      const text = renderTemplate(await readFile(join(TEMPLATES, set, path), "utf8"), flags, values);
      const target = path.replace(/\.tmpl$/, "");
      await mkdir(dirname(join(dir, target)), { recursive: true });
      await writeFile(join(dir, target), text);
      written.add(target);
    }
  }
  return [...written].toSorted();
}

/** A later one's files take the place of an earlier one's. */
function setsOf({ language, outside }: ScaffoldOptions): string[] {
  return ["common", language, ...(language === "node" && outside ? ["node-outside"] : [])];
}

async function fillingOf({ name, runType, language, description, outside }: ScaffoldOptions) {
  const named = PluginManifest.shape.name.safeParse(name);
  if (!named.success) throw new RangeError(`a plugin's name ${named.error.issues[0]?.message}: ${name}`);
  const kind = KINDS[runType];
  if (kind === undefined) throw new RangeError(`there is no template for ${runType}`);
  const text = description ?? DESCRIPTIONS[kind];
  // The sentence goes into JSON, Python, TypeScript and shell comments as it is.
  if (/["\\\n\r`]/.test(text)) throw new RangeError("a description must not hold quotes, backslashes or line breaks");
  const reportType = runType === "EVALUATION" ? "EVALUATION" : "DATA_VALIDATION";
  const versions = await ownVersions();
  const devDependencies = JSON.stringify(outside?.devDependencies ?? {}, null, 2).replaceAll("\n", "\n  ");
  // Without a package.json of its own npx would look for the programs in the registry.
  const isUnlinked = outside !== undefined && language !== "node";
  const place = isUnlinked ? `path/to/${name}` : ".";
  const packages = { sdk: outside?.sdk ?? versions.sdkVersion, devDependencies, place };
  return {
    flags: new Set<string>([kind, language, ...(isUnlinked ? ["unlinked"] : [])]),
    values: { name, runType, description: text, reportType, runtime: RUNTIMES[language], ...versions, ...packages },
  };
}

async function ownVersions(): Promise<{ sdkVersion: string; zodVersion: string }> {
  const file = await readFile(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8");
  const { version, dependencies } = JSON.parse(file) as { version: string; dependencies: { zod: string } };
  return { sdkVersion: version, zodVersion: dependencies.zod };
}

async function templatesUnder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".tmpl"));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

async function requireEmpty(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length > 0) throw new RangeError(`${dir} is not empty`);
}
