import { z } from "zod";
import { RunType } from "./states.ts";

/** The host API that this package describes; a plugin states the major version it was written for. */
export const HOST_API = 1;

export const PluginName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be kebab-case, at most 63 characters");
const SemVer = z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, "must be a semantic version");

/** What a plugin may read: a role that names zero, one or many versions of one type. */
export const PluginInput = z.strictObject({
  type: z.enum(["DatasetVersion", "ModelVersion"]),
  description: z.string().max(500),
  required: z.boolean().default(true),
  many: z.boolean().default(false),
});
export type PluginInput = z.infer<typeof PluginInput>;

/** What a plugin writes under a role. A Report belongs to no asset; the others become versions of an asset. */
export const PluginOutput = z.strictObject({
  type: z.enum(["DatasetVersion", "ModelVersion", "Report"]),
  description: z.string().max(500),
  required: z.boolean().default(true),
});
export type PluginOutput = z.infer<typeof PluginOutput>;

/**
 * How the host starts the plugin, relative to the plugin's folder. node: `node <entry>`; python: `python3 <entry>`;
 * command: the program and its arguments.
 */
export const PluginRuntime = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("node"),
    entry: z.string().min(1),
    /** The process may be started before there is a job for it: it takes all that it knows of the job from the job protocol's lines. */
    prestart: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal("python"), entry: z.string().min(1) }),
  z.strictObject({ type: z.literal("command"), command: z.array(z.string().min(1)).min(1) }),
]);
export type PluginRuntime = z.infer<typeof PluginRuntime>;

export const PluginResources = z.strictObject({
  /** Largest resident size of the job's process, in MiB; it is killed above that. */
  memoryMiB: z.number().int().min(16).max(1_048_576).default(2048),
  /** Longest time a task may take, in seconds; it is killed after that. */
  timeoutSeconds: z.number().int().min(1).max(604_800).default(3600),
  gpu: z.boolean().default(false),
});

/** A secret's name is the job's variable for it. */
const SecretName = z
  .string()
  .regex(/^(?!CLEW_)[A-Za-z_][A-Za-z0-9_]{0,99}$/, "must be the name of a variable, not beginning with CLEW_");

/** `plugin.json`: what a plugin is, needs and makes. The host reads it before it loads any of the plugin's code. */
export const PluginManifest = z
  .strictObject({
    name: PluginName,
    version: SemVer,
    description: z.string().min(1).max(500),
    hostApi: z.literal(HOST_API),
    runType: RunType,
    /** task: ends by itself. service: kept alive until stopped. */
    kind: z.enum(["task", "service"]).default("task"),
    inputs: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/), PluginInput),
    outputs: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/), PluginOutput),
    /** JSON Schema 2020-12 of the parameters, always an object. */
    parameters: z.record(z.string(), z.json()),
    resources: PluginResources.prefault({}),
    /** Of a service: its jobs are given what its endpoint predicts and the labels that come for it. Not, where it is left out. */
    watches: z.boolean().optional(),
    /** The secrets that its jobs are given, out of those that the host has; none where it is left out. */
    secrets: z.array(SecretName).min(1).max(50).optional(),
    runtime: PluginRuntime,
  })
  .refine(({ kind, watches }) => watches !== true || kind === "service", {
    path: ["watches"],
    message: "is for services: a task belongs to no endpoint",
  });
export type PluginManifest = z.infer<typeof PluginManifest>;

/** The major part of a plugin's version: what jobs are routed by. */
export function majorOf(version: string): number {
  return Number(version.slice(0, version.indexOf(".")));
}
