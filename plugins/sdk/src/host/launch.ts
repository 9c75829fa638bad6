import { isAbsolute, resolve } from "node:path";
import type { PluginManifest } from "@clew/schema";
import type { JobSpec } from "./job-spec.ts";
import type { Launch } from "./process-group.ts";
import { secretsFor } from "./secrets.ts";

/** The files that a job may read instead of the protocol's lines. */
export interface ScratchFiles {
  parameters: string;
}

const INHERITED = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"];

/** The JavaScript heap may outgrow the memory bound, so that the host, which says why, ends the job before V8 aborts it. */
const HEAP_ABOVE_BOUND_MIB = 1024;

/** Of MiB; with V8's own 1 MiB at first, the start of a plugin collects garbage a dozen times (a tenth of its CPU time). */
const NEW_SPACE_MIB = 16;

/** What is known of a process before there is a job for it. */
export type BareSpec = Pick<JobSpec, "pluginDir" | "manifest" | "env" | "secrets" | "compileCacheDir" | "resources">;

export function launchOf(spec: JobSpec, files: ScratchFiles): Launch {
  const { env, ...launch } = bareLaunchOf(spec);
  return { ...launch, env: { ...pythonVariables(spec.seed), ...env, ...jobVariables(spec, files) } };
}

/** Of a process whose job is still to come. */
export function bareLaunchOf(spec: BareSpec): Launch {
  const cwd = resolve(spec.pluginDir);
  const { memoryMiB } = { ...spec.manifest.resources, ...spec.resources };
  const env = { ...inherited(), ...compileCache(spec), ...spec.env, ...secretsFor(spec.manifest, spec.secrets) };
  return { ...programOf(spec.manifest, cwd, memoryMiB), cwd, env };
}

function programOf(manifest: PluginManifest, dir: string, memoryMiB: number): Pick<Launch, "program" | "args"> {
  const { runtime } = manifest;
  if (runtime.type === "node") {
    const heap = [`--max-old-space-size=${memoryMiB + HEAP_ABOVE_BOUND_MIB}`, `--min-semi-space-size=${NEW_SPACE_MIB}`];
    return { program: process.execPath, args: [...nodeFlags(runtime.entry), ...heap, resolve(dir, runtime.entry)] };
  }
  if (runtime.type === "python") return { program: "python3", args: [resolve(dir, runtime.entry)] };
  const [program = "", ...args] = runtime.command;
  return { program: program.includes("/") && !isAbsolute(program) ? resolve(dir, program) : program, args };
}

const isTypeScript = (entry: string) => /\.m?ts$/.test(entry);

/** A TypeScript entry runs by type stripping and sees the sources of workspace packages. */
export function nodeFlags(entry: string): string[] {
  return isTypeScript(entry) ? ["--conditions=clew-src", "--disable-warning=ExperimentalWarning"] : [];
}

/** It spares TypeScript the stripping, a third of a plugin's start, and JavaScript a sixth of its own. */
function compileCache({ manifest: { runtime }, compileCacheDir }: BareSpec): Record<string, string> {
  const isOfUse = runtime.type === "node" && compileCacheDir !== undefined;
  return isOfUse ? { NODE_COMPILE_CACHE: resolve(compileCacheDir) } : {};
}

function jobVariables(spec: JobSpec, files: ScratchFiles): Record<string, string> {
  return {
    ...parameterVariables(spec.parameters),
    CLEW_INPUT_DIR: resolve(spec.inputDir),
    CLEW_OUTPUT_DIR: resolve(spec.outputDir),
    CLEW_PARAMETERS: files.parameters,
    CLEW_RUN_ID: spec.runId,
    CLEW_ATTEMPT: String(spec.attempt),
    CLEW_SEED: String(spec.seed),
  };
}

function inherited(): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Python: lines as they are written, UTF-8, the same order of sets in each run, no byte code beside the plugin. */
function pythonVariables(seed: number): Record<string, string> {
  return {
    PYTHONUNBUFFERED: "1",
    PYTHONUTF8: "1",
    PYTHONHASHSEED: String(seed),
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

/** `CLEW_PARAMETER_<name>`: a string as it is, anything else as JSON. */
function parameterVariables(parameters: Record<string, unknown>): Record<string, string> {
  const named = Object.entries(parameters).filter(([name]) => /^[A-Za-z0-9_]+$/.test(name));
  return Object.fromEntries(
    named.map(([name, value]) => [`CLEW_PARAMETER_${name}`, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
