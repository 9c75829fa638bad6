import type { JobMessage, PredictionBatch, Predictions } from "@clew/schema";
import { EndpointWatch, type EndpointWatchOptions } from "./endpoint-watch.ts";
import { Findings, type FindingsOptions } from "./findings.ts";
import type { HeldLeases } from "./held-leases.ts";
import { Observing, type ObservingOptions } from "./observing.ts";
import { untilStored } from "./until-stored.ts";

/** What a batch takes in JSON beside its records. */
const ENVELOPE_BYTES = 500;

/** Stores predictions; rejects where they may not have been stored. The same batch again is stored once. */
export type PublishPredictions = (batch: PredictionBatch) => Promise<void>;

export interface ServiceOptions
  extends EndpointWatchOptions,
    Pick<FindingsOptions, "onRefused">,
    Omit<ObservingOptions, "onFailed"> {
  readonly leases: HeldLeases;
  readonly publishPredictions: PublishPredictions;
  /** What one message may carry. */
  readonly batchMaxBytes: number;
}

/** What a service's job says beside what every job says: what it has deployed, where it listens, what it predicted, what it found out. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #watch: EndpointWatch;
  readonly #findings: Findings;
  readonly #observing: Observing;
  #n = 0;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#watch = new EndpointWatch(options);
    // What a job says as it ends counts too: what it has seen, for whose sake it said so, is not given again.
    this.#findings = new Findings({ ...options, signal: options.forgetting });
    this.#observing = new Observing({ ...options, onFailed: options.onRefused });
  }

  start(): void {
    this.#watch.start();
  }

  refresh(): void {
    this.#watch.refresh();
  }

  stop(): void {
    this.#watch.stop();
  }

  /** Resolves when what the job has said is kept, which the attempt's end must not overtake. */
  async settled(): Promise<void> {
    await this.#observing.settled();
  }

  /** Whether it was a service's message. The job is heard no further until this resolves: predictions wait for NATS. */
  async hear(message: JobMessage): Promise<boolean> {
    const { runId, attempt, leases } = this.#options;
    if (message.type === "deployed") await this.#watch.hear(message);
    else if (message.type === "listening") leases.listens({ runId, attempt }, message.url);
    else if (message.type === "predictions") await this.#send(message);
    else if (message.type === "report") await this.#findings.report(message);
    else if (message.type === "alert") await this.#findings.alert(message);
    else if (message.type === "observe") this.#observing.observe(message);
    else if (message.type === "seen") this.#observing.seen(message);
    else return false;
    return true;
  }

  async #send({ records, dropped, sampledOut }: Predictions): Promise<void> {
    const { endpoint } = this.#watch;
    if (endpoint === null) return;
    const { batchMaxBytes, log } = this.#options;
    const parts = inParts(records, batchMaxBytes - ENVELOPE_BYTES);
    const kept = parts.reduce((sum, part) => sum + part.length, 0);
    if (kept < records.length)
      log.warn({ records: records.length - kept }, "predictions too large for NATS are dropped");
    const lost = dropped + records.length - kept;
    if (parts.length === 0) parts.push([]);
    for (const [index, part] of parts.entries()) {
      // The counts go with the first: each is said once.
      const counts = index === 0 ? { dropped: lost, sampledOut } : { dropped: 0, sampledOut: 0 };
      await this.#publish(endpoint, { records: part, ...counts });
    }
  }

  async #publish(endpoint: string, said: Predictions): Promise<void> {
    const { runId, attempt, publishPredictions, forgetting } = this.#options;
    this.#n += 1;
    const batch: PredictionBatch = { schema: "clew/prediction-batch/1", endpoint, runId, attempt, n: this.#n, ...said };
    await untilStored(() => publishPredictions(batch), forgetting);
  }
}

/** Records in their order, as many together as a message may carry; one that is larger than that is left out. */
function inParts(records: Predictions["records"], maxBytes: number): Predictions["records"][] {
  const parts: Predictions["records"][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes > maxBytes) continue;
    if (bytes > room) {
      parts.push([]);
      room = maxBytes;
    }
    parts.at(-1)!.push(record);
    room -= bytes;
  }
  return parts;
}
