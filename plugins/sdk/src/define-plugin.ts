import { z } from "zod";
import { HOST_API, PluginManifest, type PluginResources, type RunType } from "@clew/schema";
import type { InputDeclarations, Job, JobSummary, OutputDeclarations } from "./job.ts";
import { PluginFailure } from "./plugin-failure.ts";

export interface PluginOptions<P extends z.ZodObject, I extends InputDeclarations, O extends OutputDeclarations> {
  /** Kebab-case, at most 63 characters. */
  name: string;
  /** Semantic version; jobs are routed by its major part. */
  version: string;
  description: string;
  runType: RunType;
  /** task (default): ends by itself. service: runs until its signal is aborted. */
  kind?: "task" | "service";
  inputs: I;
  outputs: O;
  /** `plugin.json` holds its JSON Schema; refinements and transforms that JSON Schema cannot hold are checked in the job. */
  parameters: P;
  /** MiB, seconds; by default 2048 MiB, one hour, no GPU. */
  resources?: z.input<typeof PluginResources>;
  /** Of a service: it is given what its endpoint predicts, and labels, with `observations`. False unless given. */
  watches?: boolean;
  /** Names of secrets that its jobs find as variables of those names; the runner's operator gives the values. */
  secrets?: readonly string[];
  /** The file that calls servePlugin, relative to the plugin's folder; by default `src/main.ts`. */
  entry?: string;
  /**
   * The runner may start the process before there is a job for it, so that the job finds its modules loaded: not for a plugin that reads
   * the variables `CLEW_…`, or does more than to declare itself before `run`. False unless given.
   */
  prestart?: boolean;
  /** What the host cannot see of the environment: the chosen backend, versions of libraries. Asked once, before `run`. */
  environment?: (parameters: z.output<P>) => Promise<Record<string, string>> | Record<string, string>;
  /**
   * Does the job. What it returns is the result's summary; a PluginFailure that it throws is the job's failure, anything else
   * a PLUGIN_ERROR.
   */
  run: (job: Job<P, I, O>) => Promise<JobSummary | void>;
}

export interface Plugin<
  P extends z.ZodObject = z.ZodObject,
  I extends InputDeclarations = InputDeclarations,
  O extends OutputDeclarations = OutputDeclarations,
> {
  /** What `plugin.json` holds. */
  manifest(): PluginManifest;
  /** @throws {PluginFailure} BAD_PARAMETERS, its message names every parameter at fault. */
  parseParameters(values: unknown): Promise<z.output<P>>;
  environment(parameters: z.output<P>): Promise<Record<string, string>>;
  run(job: Job<P, I, O>): Promise<JobSummary | void>;
}

/**
 * Declares a plugin. Nothing runs until `servePlugin` gets it.
 * @throws {z.ZodError} where the manifest would not be valid; {Error} where JSON Schema cannot hold a parameter's type.
 */
export function definePlugin<
  P extends z.ZodObject,
  const I extends InputDeclarations,
  const O extends OutputDeclarations,
>(options: PluginOptions<P, I, O>): Plugin<P, I, O> {
  // An unknown parameter is almost always a misspelt one, so it is refused whatever the schema says.
  const parameters = options.parameters.strict();
  const manifest = PluginManifest.parse({
    name: options.name,
    version: options.version,
    description: options.description,
    hostApi: HOST_API,
    runType: options.runType,
    kind: options.kind,
    inputs: options.inputs,
    outputs: options.outputs,
    parameters: jsonSchemaOf(parameters),
    resources: options.resources,
    ...(options.watches === true && { watches: true }),
    ...(options.secrets && { secrets: options.secrets }),
    runtime: {
      type: "node",
      entry: options.entry ?? "src/main.ts",
      ...(options.prestart === true && { prestart: true }),
    },
  });
  return {
    manifest: () => structuredClone(manifest),
    parseParameters: async (values) => (await parse(parameters, values)) as z.output<P>,
    environment: async (values) => (await options.environment?.(values)) ?? {},
    run: options.run,
  };
}

function jsonSchemaOf(parameters: z.ZodObject): unknown {
  return JSON.parse(JSON.stringify(z.toJSONSchema(parameters, { io: "input", target: "draft-2020-12" })));
}

async function parse(schema: z.ZodObject, values: unknown): Promise<unknown> {
  const parsed = await schema.safeParseAsync(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "parameters"}: ${issue.message}`);
  throw new PluginFailure("BAD_PARAMETERS", faults.join("; "));
}
