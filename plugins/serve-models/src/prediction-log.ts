import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Job, Prediction } from "@clew/plugin-sdk";
import type { Value } from "@clew/plugin-models";
import { takeFitting } from "./take-fitting.ts";

const SEND_EVERY_MS = 100;
/** Records of a message, and about how many characters: requests wait while it is written. */
const RECORDS_MAX = 1_000;
const SIZE_MAX = 64 * 1024;
/** A request with more than this is passed on without its values. */
const VALUES_SIZE_MAX = 64 * 1024;
const NUMBER_SIZE = 12;
const ANOMALY_SIZE = 200;
const RECORD_SIZE = 400;

export interface PredictionLogOptions {
  readonly job: Pick<Job, "predictions" | "drained" | "log">;
  /** Share of the answered requests that are passed on. */
  readonly fraction: number;
  /** Records that may wait. */
  readonly waitingMax: number;
  readonly random?: () => number;
}

/** What was predicted, on its way to those who watch the endpoint. It never makes a request wait: what has no room is dropped, and counted. */
export class PredictionLog {
  readonly #options: PredictionLogOptions;
  readonly #ending = new AbortController();
  readonly #waiting: { readonly record: Prediction; readonly size: number }[] = [];
  #dropped = 0;
  #sampledOut = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: PredictionLogOptions) {
    this.#options = options;
  }

  start(): void {
    this.#sending = this.#sendNowAndThen();
  }

  /** Whether this inference, with its shadows, is one of those that are passed on. A failed one always is. */
  sampled(): boolean {
    const { fraction, random = Math.random } = this.#options;
    if (fraction === 1 || random() < fraction) return true;
    this.#sampledOut += 1;
    return false;
  }

  add(record: Prediction): void {
    if (this.#waiting.length >= this.#options.waitingMax) this.drop();
    else this.#waiting.push(sized(record));
  }

  drop(): void {
    this.#dropped += 1;
  }

  /** Passes on what waits still. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#sending;
    await this.#send();
  }

  async #sendNowAndThen(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await sleep(SEND_EVERY_MS, undefined, { signal }).catch(() => {});
      await this.#send();
    }
  }

  async #send(): Promise<void> {
    const { job } = this.#options;
    while (this.#waiting.length > 0 || this.#dropped + this.#sampledOut > 0) {
      const taken = takeFitting(this.#waiting, ({ size }) => size, { sizeMax: SIZE_MAX, countMax: RECORDS_MAX });
      const records = taken.map(({ record }) => record);
      const left = { dropped: this.#dropped, sampledOut: this.#sampledOut };
      this.#dropped = 0;
      this.#sampledOut = 0;
      if (left.dropped > 0)
        job.log.warn(`${left.dropped} inferences were not passed on: NATS or the runner is too slow`);
      job.predictions(records, left);
      await job.drained();
      await setImmediate();
    }
  }
}

function sized(record: Prediction): { record: Prediction; size: number } {
  const size = sizeOf(record.inputs) + sizeOf(record.outputs);
  const head = RECORD_SIZE + (record.anomalies?.length ?? 0) * ANOMALY_SIZE;
  if (size <= VALUES_SIZE_MAX) return { record, size: size + head };
  return { record: { ...record, inputs: null, outputs: null }, size: head };
}

function sizeOf(columns: Prediction["inputs"]): number {
  let size = 0;
  for (const values of Object.values(columns ?? {})) {
    for (const value of values ?? []) {
      if (Array.isArray(value)) for (const element of value) size += sizeOfScalar(element);
      else size += sizeOfScalar(value);
    }
  }
  return size;
}

function sizeOfScalar(value: Value): number {
  return typeof value === "string" ? value.length + 3 : NUMBER_SIZE;
}
