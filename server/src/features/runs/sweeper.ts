import { digestOf } from "@clew/schema";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { FollowerLog } from "../../ledger/follower.ts";
import type { Recorder } from "../../ledger/recorder.ts";
import { eachNode, type NodeFilter, type NodeReader } from "../../ports/node-reader.ts";
import type { Operations } from "../../ports/operations.ts";
import { SYSTEM_AGENT } from "../access/index.ts";
import { nextAttempt } from "./attempts.ts";
import { loseAttempt } from "./cancel-run.ts";
import type { Dispatch } from "./dispatch-work.ts";
import { Run } from "./run.node.ts";
import type { FindUntaken } from "./why-waiting.ts";

const SWEEP_MS = 1_000;
/** How many heartbeats come in a lease. */
const BEATS = 4;
/** An invitation that nobody took is sent again after so long. */
const INVITE_AGAIN_MS = 30_000;
const RUNS_MAX = 500;

export interface SweeperParts {
  readonly recorder: Recorder;
  readonly reader: NodeReader;
  readonly operations: Operations;
  readonly dispatch: Dispatch;
  readonly findUntaken: FindUntaken;
  readonly log: FollowerLog;
  readonly leaseMs: number;
  /** Whether heartbeats reach this server now. */
  readonly isHearing: () => boolean;
}

/** Ends leases that have run out, and sends invitations again: what a clock must do. Several servers may sweep at once. */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #invitedAt = new Map<string, number>();
  #areInvitationsLost = false;
  /** Whether heartbeats may have been missed since the leases had their time. */
  #wasDeaf = false;
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    await this.#forgiveSilence();
    let lookedAt = Date.now();
    this.#timer = setInterval(() => {
      // By the clock that leases end by: it also goes on while the machine sleeps, and may be set.
      const stoodStillMs = Date.now() - lookedAt - SWEEP_MS;
      lookedAt = Date.now();
      if (stoodStillMs > this.#parts.leaseMs / BEATS) this.#wasDeaf = true;
      this.#sweeping = this.#sweeping.then(() => this.#sweep());
    }, SWEEP_MS);
  }

  /** NATS has lost what was sent: the next sweep invites again for every run that waits. */
  invitationsLost(): void {
    this.#areInvitationsLost = true;
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { isHearing, log } = this.#parts;
    if (!isHearing()) {
      this.#wasDeaf = true;
      return;
    }
    try {
      if (this.#wasDeaf) {
        await this.#forgiveSilence();
        log.info({}, "heartbeats could not be heard for a while: every lease has its full time once more");
      } else await this.#endLeases(Date.now());
      await this.#inviteAgain(Date.now());
    } catch (error) {
      log.warn({ err: error }, "a sweep failed; the next one tries again");
    }
  }

  /** Heartbeats could not be heard while no server ran, or NATS was away, or the server stood still: every lease gets its full time once more. */
  async #forgiveSilence(): Promise<void> {
    await this.#parts.operations.extendAllLeases(Date.now() + this.#parts.leaseMs);
    this.#wasDeaf = false;
  }

  async #endLeases(now: number): Promise<void> {
    const { operations, recorder, log } = this.#parts;
    for (const { runId, attempt } of await operations.expiredLeases(now, RUNS_MAX)) {
      log.info({ runId, attempt }, "a lease ran out");
      await recorder.record({
        principal: SYSTEM_AGENT,
        mutation: "loseAttempt",
        idempotencyKey: `${runId}:${attempt}`,
        inputDigest: digestOf({ runId, attempt }),
        ...loseAttempt(runId, attempt),
      });
    }
  }

  async #inviteAgain(now: number): Promise<void> {
    const areAllDue = this.#areInvitationsLost;
    this.#areInvitationsLost = false;
    try {
      const waiting = await this.#waiting(areAllDue ? Number.POSITIVE_INFINITY : RUNS_MAX);
      const due = waiting.filter((run) => run.notBefore <= now && this.#isDue(run, areAllDue, now));
      // Asked together, which is one question.
      await Promise.all(due.map((run) => this.#invite(run, now)));
      const keys = new Set(waiting.map(keyOf));
      for (const key of this.#invitedAt.keys()) if (!keys.has(key)) this.#invitedAt.delete(key);
    } catch (error) {
      this.#areInvitationsLost ||= areAllDue;
      throw error;
    }
  }

  /** Queued runs, the oldest first. */
  async #waiting(most: number): Promise<NodeOf<typeof Run>[]> {
    const filter: NodeFilter = { types: [Run.name], namespaces: null, states: ["QUEUED"] };
    const found: NodeOf<typeof Run>[] = [];
    for await (const state of eachNode(this.#parts.reader, filter, "OLDEST", RUNS_MAX)) {
      found.push(nodeOf(Run, state));
      if (found.length >= most) break;
    }
    return found;
  }

  #isDue(run: NodeOf<typeof Run>, areAllDue: boolean, now: number): boolean {
    const before = this.#invitedAt.get(keyOf(run));
    if (areAllDue) return true;
    if (before !== undefined) return now - before >= INVITE_AGAIN_MS;
    // What was queued for at once has its invitation from the dispatch follower; a retry that had to wait has none yet.
    if (run.notBefore > run.queuedAt) return true;
    this.#invitedAt.set(keyOf(run), now);
    return false;
  }

  async #invite(run: NodeOf<typeof Run>, now: number): Promise<void> {
    // What is a dead letter waits for the operator.
    if ((await this.#parts.findUntaken(run)) === null) await this.#parts.dispatch.invite(run, String(now));
    this.#invitedAt.set(keyOf(run), now);
  }
}

/** Which waiting of a run it is. */
function keyOf(run: NodeOf<typeof Run>): string {
  return `${run.id}:${nextAttempt(run)}`;
}
