import { z } from "zod";

/** Every way in which a job can fail, the closed list that crosses the wire. */
export const FailureType = z
  .enum([
    /** The plugin's own code threw or exited with a status other than 0. */
    "PLUGIN_ERROR",
    /** The plugin refused its parameters although they fit its schema. */
    "BAD_PARAMETERS",
    /** The plugin could not use its inputs: a missing column, no rows, an unreadable file. */
    "BAD_INPUT",
    /** An input's file is not in the artifact store, or its bytes do not have the digest its version states. */
    "INPUT_UNAVAILABLE",
    /** The plugin broke the job protocol or its manifest (an output it does not declare, a file that is not there). */
    "PROTOCOL_VIOLATION",
    "OUT_OF_MEMORY",
    "TIMEOUT",
    "CANCELLED",
    /** The runner stopped or was told to drain before the job ended. */
    "RUNNER_STOPPED",
    /** The artifact store or the server did not answer for longer than the runner waits, or the runner lacks a secret that the plugin names. */
    "UNAVAILABLE",
    "INTERNAL",
  ])
  .meta({ id: "FailureType" });
export type FailureType = z.infer<typeof FailureType>;

export const Failure = z
  .strictObject({
    type: FailureType,
    message: z.string().max(4000),
    retryable: z.boolean(),
    details: z.record(z.string(), z.json()).optional(),
  })
  .meta({ id: "Failure" });
export type Failure = z.infer<typeof Failure>;

const RETRYABLE: ReadonlySet<FailureType> = new Set(["RUNNER_STOPPED", "UNAVAILABLE", "INTERNAL"]);

/** A failure of this type, retryable as its type says unless told otherwise. */
export function failure(type: FailureType, message: string, retryable = RETRYABLE.has(type)): Failure {
  return { type, message: message.slice(0, 4000), retryable };
}
