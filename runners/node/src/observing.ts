import { setTimeout as sleep } from "node:timers/promises";
import {
  type HostMessage,
  type JobMessage,
  type LabelBatch,
  OBSERVE_MAX,
  observedIn,
  type PredictionBatch,
  type Subjects,
} from "@clew/schema";
import { PluginFailure } from "@clew/plugin-sdk";
import type { Logger } from "pino";
import { EndpointReader, type Read, type Reading, StreamRemade } from "./endpoint-reader.ts";
import { LeaseLost, isLost } from "./faults.ts";
import { type GraphqlLink, RequestRefused, requireAccepted } from "./graphql-link.ts";
import { KnownNodes } from "./known-nodes.ts";
import type { NatsLink } from "./nats-link.ts";
import { openObservations, settleObservations } from "./operations.ts";
import { ToldBefore } from "./told-before.ts";

/** How often at most what the job has seen is settled; what was not is given again after a kill. */
const SETTLE_EVERY_MS = 500;
/** How long nothing may come until the job is told that nothing waits. */
const IDLE_MS = 10_000;

type Said<T extends JobMessage["type"]> = Extract<JobMessage, { type: T }>;

export interface ObservingOptions {
  readonly nats: Pick<NatsLink, "connection" | "manager" | "isConnected" | "newInbox" | "onDenied">;
  readonly link: GraphqlLink;
  readonly space: Pick<Subjects, "streams">;
  readonly runId: string;
  readonly attempt: number;
  readonly token: string;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Ends the attempts to settle, which go on when the job has been told to stop. */
  readonly forgetting: AbortSignal;
  readonly tell: (message: HostMessage) => void;
  /** A line in the run's log. */
  readonly warn: (message: string) => void;
  readonly log: Logger;
  readonly onLost: (lost: LeaseLost) => void;
  /** Ends the attempt. */
  readonly onFailed: (failure: PluginFailure) => void;
  readonly idleMs?: number;
}

/** Gives a service's job what is stored of its endpoint, as it asks for it, and settles what it has seen. */
export class Observing {
  readonly #options: ObservingOptions;
  readonly #reader: EndpointReader;
  readonly #known: KnownNodes;
  readonly #before = new ToldBefore();
  #endpoint = "";
  #asked = 0;
  #wake = (): void => {};
  #isReading = false;
  #given = -1;
  #at = 0;
  /** What an attempt before kept, until the job is given it. */
  #kept: string | null = null;
  #seen: { readonly seq: number; readonly kept: string | null } = { seq: 0, kept: null };
  #settled = 0;
  #settling: Promise<void> | null = null;
  /** The job has ended: nothing waits any more. */
  readonly #ending = new AbortController();

  constructor(options: ObservingOptions) {
    this.#options = options;
    const { nats, link, space, token, signal, idleMs = IDLE_MS } = options;
    const open = (after: number | null) => this.#open(after);
    this.#reader = new EndpointReader({ nats, stream: space.streams.predictions, open, idleMs, signal });
    this.#known = new KnownNodes(link, { token, key: null, signal, giveUpAfterMs: null });
  }

  /** Nothing is read before the job has asked. */
  observe({ count }: Said<"observe">): void {
    this.#asked = Math.min(OBSERVE_MAX, this.#asked + count);
    this.#wake();
    if (!this.#isReading) void this.#guarded(() => this.#giveAll());
    this.#isReading = true;
  }

  /** One settlement is on its way at a time; what is seen meanwhile goes with the next. */
  seen({ seq, kept }: Said<"seen">): void {
    const { onFailed } = this.#options;
    if (seq > this.#given)
      return onFailed(new PluginFailure("PROTOCOL_VIOLATION", `the job has seen ${seq}, which it was not given`));
    if (seq > this.#seen.seq) this.#seen = { seq, kept: kept ?? null };
    if (this.#seen.seq > this.#settled) this.#settling ??= this.#guarded(() => this.#settleAll());
  }

  /** Resolves when what the job has seen is settled, or never will be. */
  async settled(): Promise<void> {
    this.#ending.abort();
    await this.#settling;
  }

  async #giveAll(): Promise<void> {
    const { signal, nats } = this.#options;
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake, { once: true });
    const stop = nats.onDenied((subject) => this.#denied(subject));
    try {
      while (!signal.aborted) {
        if (this.#asked > 0) await this.#give(await this.#reader.next());
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      stop();
      signal.removeEventListener("abort", wake);
    }
  }

  async #give({ data, seq, at, isCaughtUp, missed }: Read): Promise<void> {
    const { tell, warn } = this.#options;
    const said = data === null ? null : observedIn(data, this.#endpoint);
    const isAgain = said?.schema === "clew/prediction-batch/1" && this.#before.has(said);
    if (missed > 0)
      warn(
        `up to ${missed} messages of predictions or labels had gone from NATS before they could be read: those before number ${seq}`,
      );
    if (data !== null && said === null)
      warn(`number ${seq} of the stream is no message of predictions or labels of the endpoint; it is left out`);
    if (isAgain) warn(`number ${seq} of the stream holds predictions that it holds before; they are left out`);
    const observed = said === null || isAgain ? NOTHING : observedOf(said);
    const predictions = await this.#known.named(observed.predictions);
    this.#asked -= 1;
    this.#given = seq;
    // The clock of NATS may be set back, or another of its servers have another.
    this.#at = Math.max(this.#at, at);
    tell({
      type: "observed",
      ...observed,
      predictions,
      seq,
      storedAt: new Date(this.#at).toISOString(),
      isCaughtUp,
      missed,
      ...(this.#kept !== null && { kept: this.#kept }),
    });
    this.#kept = null;
  }

  async #open(after: number | null): Promise<Reading> {
    const { link, runId: run, attempt, token, signal } = this.#options;
    const call = { token, key: null, signal, giveUpAfterMs: null };
    const { openObservations: answer } = await link.call(openObservations, { input: { run, attempt, after } }, call);
    requireAccepted(answer);
    this.#endpoint = answer.endpoint ?? "";
    if (after === null) this.#kept = answer.kept;
    return { consumer: answer.consumer ?? "", stream: answer.stream ?? "", after: answer.after ?? 0 };
  }

  async #settleAll(): Promise<void> {
    const { link, runId: run, attempt, token, forgetting: signal } = this.#options;
    while (this.#settled < this.#seen.seq && !signal.aborted) {
      const input = { run, attempt, stream: this.#reader.making ?? "", ...this.#seen };
      const call = { token, key: null, signal, giveUpAfterMs: null };
      requireAccepted((await link.call(settleObservations, { input }, call)).settleObservations);
      this.#settled = input.seq;
      await sleep(SETTLE_EVERY_MS, undefined, { signal: this.#ending.signal }).catch(() => {});
    }
    this.#settling = null;
  }

  #denied(subject: string): void {
    const { space, onFailed } = this.#options;
    if (!subject.startsWith("$JS.API.") || !subject.includes(space.streams.predictions)) return;
    const message = "NATS does not let this runner read what endpoints predict: enrol it again for new credentials";
    onFailed(new PluginFailure("UNAVAILABLE", message, true));
  }

  async #guarded(act: () => Promise<void>): Promise<void> {
    const { forgetting, signal, onLost, onFailed, log } = this.#options;
    try {
      await act();
    } catch (error) {
      if (forgetting.aborted || signal.aborted) return;
      if (error instanceof StreamRemade) onFailed(new PluginFailure("UNAVAILABLE", error.message, true));
      else if (!(error instanceof RequestRefused)) {
        log.error({ err: error }, "what is stored of the endpoint could not be read");
        onFailed(
          new PluginFailure("INTERNAL", `what is stored of the endpoint could not be read: ${String(error)}`, true),
        );
      } else if (isLost(error.code)) onLost(new LeaseLost(error.message));
      else onFailed(new PluginFailure("PROTOCOL_VIOLATION", `the server gives no observations: ${error.message}`));
    }
  }
}

const NOTHING = { predictions: [], dropped: 0, sampledOut: 0, labels: [] };

function observedOf(said: PredictionBatch | LabelBatch) {
  if (said.schema === "clew/label-batch/1") return { ...NOTHING, labels: said.labels };
  return { ...NOTHING, predictions: said.records, dropped: said.dropped, sampledOut: said.sampledOut };
}
