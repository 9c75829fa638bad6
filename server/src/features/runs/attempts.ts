import type { Failure } from "@clew/schema";
import type { NodeOf } from "../../core/define-node.ts";
import { refuse, type UserError } from "../../ledger/command.ts";
import type { Attempt, Run } from "./run.node.ts";

/** First wait before another attempt; doubled for each further one, up to the maximum. */
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 5 * 60_000;

/** A service that has lived for so long is tried again at once. */
const SETTLED_MS = 60_000;

type RunNode = NodeOf<typeof Run>;

const OPEN = new Set(["LEASED", "RUNNING"]);

/** The attempt that holds the run now, if any. */
export function currentAttempt(run: RunNode): Attempt | undefined {
  const last = run.attempts.at(-1);
  return last && OPEN.has(last.state) ? last : undefined;
}

/** The number that the next attempt has. */
export function nextAttempt({ attempts }: Pick<RunNode, "attempts">): number {
  return (attempts.at(-1)?.attempt ?? 0) + 1;
}

/** An invitation, as far as it says which waiting of a run it is for. */
export interface Invited {
  readonly attempt: number;
  /** The run's `notBefore` when it was sent. */
  readonly round: number;
}

/** Whether the run waits for this attempt still, and no newer invitation to it was asked for. */
export function isWaitingFor(run: RunNode, { attempt, round }: Invited): boolean {
  return run.state === "QUEUED" && nextAttempt(run) === attempt && run.notBefore === round;
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

/** What no further attempt of a service would mend. */
const HOPELESS: ReadonlySet<Failure["type"]> = new Set(["BAD_PARAMETERS", "PROTOCOL_VIOLATION", "CANCELLED"]);

/** A task is tried as often as it was said; a service until it is cancelled. */
export function mayTryAgain(run: RunNode, failure: Failure): boolean {
  if (run.kind === "SERVICE") return !HOPELESS.has(failure.type);
  return failure.retryable && run.attempts.length < run.maxAttempts;
}

/** When the next attempt may begin: the later, the more attempts failed in a row. One of a service that has lived for long is no failure. */
export function notBefore(run: RunNode, at: number): number {
  const failed = run.kind === "SERVICE" ? shortLived(run, at) : run.attempts.length;
  return at + Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.max(0, failed - 1));
}

/** How many of a run's last attempts ended soon. The last of all ends now. */
function shortLived({ attempts }: RunNode, at: number): number {
  const longLived = attempts.findLastIndex(({ claimedAt, endedAt }) => (endedAt ?? at) - claimedAt >= SETTLED_MS);
  return attempts.length - 1 - longLived;
}
