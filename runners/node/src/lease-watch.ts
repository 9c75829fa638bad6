import { jsonIn, RunControl, type Subjects } from "@clew/schema";
import type { Logger } from "pino";
import type { ClaimedAttempt } from "./claim.ts";
import { LeaseLost, isLost } from "./faults.ts";
import { type GraphqlLink, RequestRefused } from "./graphql-link.ts";
import type { NatsLink } from "./nats-link.ts";
import { attemptState } from "./operations.ts";

const OPEN: ReadonlySet<string> = new Set(["LEASED", "RUNNING"]);

export interface LeaseWatchOptions {
  readonly nats: NatsLink;
  readonly link: GraphqlLink;
  readonly space: Subjects;
  readonly claimed: ClaimedAttempt;
  readonly log: Logger;
  readonly onControl: (control: RunControl) => void;
  readonly onLost: (lost: LeaseLost) => void;
}

/**
 * Hears what the server says to an attempt, and asks whether it still holds its run: once in every lease and after each return of NATS,
 * since a word that is said while NATS is away is not said again.
 */
export class LeaseWatch {
  readonly #options: LeaseWatchOptions;
  readonly #stops: (() => void)[] = [];
  readonly #ended = new AbortController();

  constructor(options: LeaseWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { nats, space, claimed } = this.#options;
    const subscription = nats.connection.subscribe(space.control(claimed.runId), {
      callback: (error, message) => {
        if (error === null) this.#hear(message.data);
      },
    });
    const look = () => void this.#look();
    const timer = setInterval(look, claimed.leaseMs);
    this.#stops.push(
      () => subscription.unsubscribe(),
      nats.onReconnect(look),
      () => clearInterval(timer),
    );
  }

  stop(): void {
    this.#ended.abort(new Error("the attempt has ended"));
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Null where the attempt holds its run, or where that cannot be known now. */
  async lost(signal: AbortSignal): Promise<LeaseLost | null> {
    const { link, claimed } = this.#options;
    const { runId, attempt, token, leaseMs } = claimed;
    try {
      const call = { token, key: null, signal, giveUpAfterMs: leaseMs };
      const { node } = await link.call(attemptState, { run: runId }, call);
      if (node === null) return new LeaseLost("the run is not there any more");
      const last = node.attempts.at(-1);
      if (last?.attempt === attempt && OPEN.has(last.state)) return null;
      return new LeaseLost(`the run is ${node.state} in attempt ${last?.attempt ?? 0}`);
    } catch (error) {
      return error instanceof RequestRefused && isLost(error.code) ? new LeaseLost(error.message) : null;
    }
  }

  async #look(): Promise<void> {
    const lost = await this.lost(this.#ended.signal);
    if (lost !== null && !this.#ended.signal.aborted) this.#options.onLost(lost);
  }

  #hear(data: Uint8Array): void {
    const control = RunControl.safeParse(jsonIn(data));
    if (control.success && control.data.runId === this.#options.claimed.runId) this.#options.onControl(control.data);
    else this.#options.log.warn("a control message that is no clew/run-control/1 of this run");
  }
}
