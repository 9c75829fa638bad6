import { join } from "node:path";
import type { z } from "zod";
import type {
  JobInput,
  JobMessageInput,
  JobOutput,
  Observed,
  PluginInput,
  PluginOutput,
  Prediction,
  ServedModel,
  ServiceReport,
} from "@clew/schema";
import { PluginFailure } from "./plugin-failure.ts";

/** How a plugin declares an input role; `required` is true and `many` false unless stated. */
export type InputDeclaration = z.input<typeof PluginInput>;
export type OutputDeclaration = z.input<typeof PluginOutput>;
export type InputDeclarations = Readonly<Record<string, InputDeclaration>>;
export type OutputDeclarations = Readonly<Record<string, OutputDeclaration>>;

/** One version that the job may read. */
export interface LocalInput extends JobInput {
  /**
   * The absolute path of one of the version's files.
   * @throws {PluginFailure} BAD_INPUT where the version has no such file.
   */
  path(file: string): string;
}

/** What a service's endpoint shall serve, the models' files on this machine. */
export interface LocalDeployment {
  /** The deployment's id, to be said back. */
  readonly id: string;
  /** `namespace/endpoint@revision`. */
  readonly key: string;
  readonly serves: readonly LocalServedModel[];
}

export interface LocalServedModel extends Omit<ServedModel, "model"> {
  readonly model: LocalInput;
}

type AnyOutput = z.input<typeof JobOutput>;
/** What is stated of an output of this node type; defaults may be left out. */
export type OutputOf<T extends AnyOutput["nodeType"]> = T extends unknown
  ? Omit<Extract<AnyOutput, { nodeType: T }>, "nodeType">
  : never;

export type JobSummary = Record<string, z.core.util.JSONType>;

export type AlertSaid = Omit<Extract<JobMessageInput, { type: "alert" }>, "type">;

export type ReportSaid = z.input<typeof ServiceReport>;

export interface MetricPoint {
  readonly name: string;
  /** May be NaN or infinite. */
  readonly value: number;
  readonly step?: number;
}

export interface JobLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** One job, as a plugin sees it. */
export interface Job<
  P extends z.ZodObject = z.ZodObject,
  I extends InputDeclarations = InputDeclarations,
  O extends OutputDeclarations = OutputDeclarations,
> {
  readonly runId: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Seed every random number generator with it: 0 to 2^32 - 1. */
  readonly seed: number;
  /** Checked against the plugin's zod schema, defaults filled in. */
  readonly parameters: z.output<P>;
  /** By role; a role that was given nothing holds an empty array. */
  readonly inputs: { readonly [R in keyof I]: readonly LocalInput[] };
  /** Absolute path of an empty folder; everything that the job keeps is written under it. */
  readonly outputDir: string;
  /** Aborted when the job is cancelled or its host goes away; the process is killed 10 s later. */
  readonly signal: AbortSignal;
  readonly log: JobLog;
  /** @param fraction 0 to 1; null where the end is not known. */
  progress(fraction: number | null, message?: string): void;
  /** A point of a learning curve or another measured series; `value` may be NaN or infinite. */
  metric(name: string, value: number, step?: number): void;
  /** Many points at once, in their order: one write instead of one each. `step` is 0 unless given. */
  metrics(points: readonly MetricPoint[]): void;
  /** States that an output is complete: call it after its files are closed. At most once for each role. */
  output<R extends keyof O & string>(role: R, output: OutputOf<O[R]["type"]>): void;
  /**
   * Of a service: what its endpoint shall serve, each time that it changes, until the job is cancelled; a task waits in vain. Where several
   * changes have come, only the last is seen, so take one, load it, say `deployed`, and take the next. Files of a model that is no longer
   * served go away.
   */
  deployments(): AsyncIterable<LocalDeployment>;
  /** Of a service: it serves this deployment from now on; or, with a failure, cannot, and serves what it served before. */
  deployed(deployment: LocalDeployment, failure?: PluginFailure): void;
  /** Of a service: it answers requests at this URL (http, https, grpc, grpcs). */
  listening(url: string): void;
  /**
   * Of a service: what it has predicted, at most 1,000 records at a time, for those who watch it; and how many were left out since it said so
   * last. Await `drained` between two calls: the host takes them as fast as NATS does.
   */
  predictions(records: readonly Prediction[], left?: { dropped?: number; sampledOut?: number }): void;
  /**
   * Of a service whose manifest says that it watches: messages of predictions and of labels, in the order in which they were stored, from after what an
   * earlier attempt has `seen` (else from the oldest that is stored), until the job is cancelled. Few are read ahead of what is taken. Where nothing
   * comes for 10 s (`idleMs`), an empty one that is caught up says so, that windows of time may be closed. What the job has not `seen` comes
   * again to the next attempt.
   * @throws {PluginFailure} PROTOCOL_VIOLATION where the manifest does not say so.
   */
  observations(): AsyncIterable<Observed>;
  /**
   * Of such a service: everything up to and including this `seq` is settled, and a later attempt starts after it. It counts once the server has stored it,
   * a moment later, and after the reports and alerts that were said before it; what is not more than was said before changes nothing.
   * @param kept what the next attempt is given with its first observation, stored together with `seq` or not at all: at most 4,096 characters that
   * only this plugin understands. Left out, nothing is kept.
   * @throws {PluginFailure} PROTOCOL_VIOLATION for more than has been given.
   */
  seen(seq: number, kept?: string): void;
  /**
   * Of a service: what it has found out, about deployments and versions by their ids, recorded at once. `name` stands for this report alone in the
   * run: said again, by a later attempt too, it changes nothing.
   */
  report(name: string, report: ReportSaid): void;
  /** Of a service: something wants a reaction; `reports` are the names of those that show it. The same cause adds to the alert that is open. */
  alert(alert: AlertSaid): void;
  /** Resolves when the host has taken what was said so far; for loops that say a lot. */
  drained(): Promise<void>;
}

export function localInput(inputDir: string, input: JobInput): LocalInput {
  const names = new Set(input.files.map((file) => file.path));
  const path = (file: string): string => {
    if (!names.has(file)) throw new PluginFailure("BAD_INPUT", `${input.key} has no file ${file}`);
    return join(inputDir, input.dir, file);
  };
  return { ...input, path };
}
