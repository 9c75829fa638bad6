import type { Failure } from "@clew/schema";
import type { NodeOf } from "../../core/define-node.ts";
import { refuse, type UserError } from "../../ledger/command.ts";
import type { Attempt, Run } from "./run.node.ts";

/** First wait before another attempt; doubled for each further one, up to the maximum. */
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 5 * 60_000;

type RunNode = NodeOf<typeof Run>;

const OPEN = new Set(["LEASED", "RUNNING"]);

/** The attempt that holds the run now, if any. */
export function currentAttempt(run: RunNode): Attempt | undefined {
  const last = run.attempts.at(-1);
  return last && OPEN.has(last.state) ? last : undefined;
}

/** An invitation, as far as it says which waiting of a run it is for. */
export interface Invited {
  readonly attempt: number;
  /** The run's `notBefore` when it was sent. */
  readonly round: number;
}

/** Whether the run waits for this attempt still, and no newer invitation to it was asked for. */
export function isWaitingFor(run: RunNode, { attempt, round }: Invited): boolean {
  return run.state === "QUEUED" && run.attempts.length + 1 === attempt && run.notBefore === round;
}

/** The attempts with the last one changed. */
export function changeLast(run: RunNode, change: Partial<Attempt>): Attempt[] {
  return run.attempts.map((attempt, index) =>
    index === run.attempts.length - 1 ? { ...attempt, ...change } : attempt,
  );
}

/** Refuses what an attempt says when it no longer holds the run. */
export function leaseErrors(run: RunNode | undefined, attempt: number): { errors: UserError[] } | null {
  if (run === undefined) return refuse("UNKNOWN_NODE", ["run"], "no such run");
  const current = currentAttempt(run);
  if (current?.attempt === attempt) return null;
  const now = current ? `attempt ${current.attempt} holds it` : `it is ${run.state}`;
  return refuse(
    "LEASE_LOST",
    ["attempt"],
    `attempt ${attempt} has lost ${run.id}: ${now}. Stop this job and report nothing more.`,
  );
}

export function mayTryAgain(run: RunNode, failure: Failure): boolean {
  return failure.retryable && run.attempts.length < run.maxAttempts;
}

/** When the next attempt may begin. */
export function notBefore(run: RunNode, at: number): number {
  return at + Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (run.attempts.length - 1));
}
