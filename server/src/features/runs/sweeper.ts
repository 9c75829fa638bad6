import { digestOf } from "@clew/schema";
import { nodeOf } from "../../core/define-node.ts";
import type { FollowerLog } from "../../ledger/follower.ts";
import type { Recorder } from "../../ledger/recorder.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { Operations } from "../../ports/operations.ts";
import { SYSTEM_AGENT } from "../access/index.ts";
import { loseAttempt } from "./cancel-run.ts";
import type { Dispatch } from "./dispatch-work.ts";
import { Run } from "./run.node.ts";

const SWEEP_MS = 1_000;
/** An invitation that nobody took is sent again after so long. */
const INVITE_AGAIN_MS = 30_000;
const RUNS_MAX = 500;

export interface SweeperParts {
  readonly recorder: Recorder;
  readonly reader: NodeReader;
  readonly operations: Operations;
  readonly dispatch: Dispatch;
  readonly log: FollowerLog;
  readonly leaseMs: number;
}

/** Ends leases that have run out, and sends invitations again: what a clock must do. Several servers may sweep at once. */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #invitedAt = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** Heartbeats could not be heard while no server ran, so every lease gets its full time once more. */
  async start(): Promise<void> {
    await this.#parts.operations.extendAllLeases(Date.now() + this.#parts.leaseMs);
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweeping.then(() => this.#sweep());
    }, SWEEP_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    try {
      await this.#endLeases(Date.now());
      await this.#inviteAgain(Date.now());
    } catch (error) {
      this.#parts.log.warn({ err: error }, "a sweep failed; the next one tries again");
    }
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
    const { reader, dispatch } = this.#parts;
    const queued = await reader.list(
      { types: [Run.name], namespaces: null, states: ["QUEUED"] },
      "OLDEST",
      null,
      RUNS_MAX,
    );
    const waiting = new Set<string>();
    for (const state of queued) {
      const run = nodeOf(Run, state);
      const key = `${run.id}:${run.attempts.length}`;
      waiting.add(key);
      if (run.notBefore > now) continue;
      const before = this.#invitedAt.get(key);
      // What was queued for at once has its invitation from the dispatch follower; a retry that had to wait has none yet.
      const hasNone = run.notBefore > run.queuedAt;
      const isDue = before === undefined ? hasNone : now - before >= INVITE_AGAIN_MS;
      if (isDue) await dispatch.invite(run, String(now));
      if (isDue || before === undefined) this.#invitedAt.set(key, now);
    }
    for (const key of this.#invitedAt.keys()) if (!waiting.has(key)) this.#invitedAt.delete(key);
  }
}
