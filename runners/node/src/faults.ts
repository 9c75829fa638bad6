import { ArtifactTransferError, type Failure, failure } from "@clew/schema";
import { PluginFailure } from "@clew/plugin-sdk";
import { NoAnswer, RequestRefused } from "./graphql-link.ts";

/** Another attempt holds the run, or it has ended: nothing more is to be reported. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** Codes that say of an attempt's own token that it reports on nothing any more. */
const LOST: ReadonlySet<string> = new Set(["LEASE_LOST", "UNAUTHENTICATED", "FORBIDDEN", "UNKNOWN_NODE"]);

export function isLost(code: string): boolean {
  return LOST.has(code);
}

/** A server's refusal of what an attempt asked, as LeaseLost where it is that. */
export function asLost(error: unknown): unknown {
  if (!(error instanceof RequestRefused) || !isLost(error.code)) return error;
  return new LeaseLost(`${error.code}: ${error.message}`, { cause: error });
}

/** An attempt that failed for another reason than its plugin, as the failure that is reported. */
export function failureOf(error: unknown, doing: "inputs" | "outputs" | "job"): Failure {
  if (error instanceof PluginFailure) return error.toFailure();
  if (error instanceof ArtifactTransferError) return transferFailure(error, doing);
  if (error instanceof NoAnswer) return failure("UNAVAILABLE", error.message);
  if (error instanceof RequestRefused)
    return failure("INTERNAL", `the server refused: ${error.message} (${error.code})`);
  const message = error instanceof Error ? error.message : String(error);
  return failure("INTERNAL", `the runner failed: ${message}`);
}

function transferFailure({ code, message }: ArtifactTransferError, doing: string): Failure {
  const isPassing =
    code === "UNREACHABLE" || code === "STORE_UNAVAILABLE" || code === "STORE_FULL" || code === "INTERNAL";
  if (isPassing) return failure("UNAVAILABLE", `the artifact store: ${message}`);
  if (doing === "inputs") return failure("INPUT_UNAVAILABLE", `an input's file: ${message} (${code})`);
  // The file was digested before: it was changed while it was sent, or is larger than the store takes.
  return failure("PROTOCOL_VIOLATION", `an output's file: ${message} (${code})`);
}
