import { setTimeout as sleep } from "node:timers/promises";
import { PublishDatasetVersionDocument, type PublishDatasetVersionInput } from "@clew/schema/graphql";
import type { ReachableServer } from "./answer.ts";

/** A mutation on its way, and what was answered. */
export interface Sent {
  readonly key: string;
  readonly input: PublishDatasetVersionInput;
  answer: Acknowledged | null;
}

interface Acknowledged {
  readonly id: string;
  readonly seq: number;
}

/** An answer to one mutation: what it acknowledges or the codes that it refuses with, and how long it took. */
interface Heard {
  readonly tookMs: number;
  readonly projected: boolean;
  readonly acknowledged: Acknowledged | null;
  readonly codes: readonly string[];
  /** Whether the same again may be acknowledged later. */
  readonly isPassing: boolean;
}

interface Load {
  readonly sent: readonly Sent[];
  readonly heard: readonly Heard[];
  acknowledged(): number;
  /** Begins no more; resolves when what is on its way has been answered, or its client has given up. */
  stop(): Promise<void>;
}

interface LoadOptions {
  readonly name: string;
  readonly clients: number;
  /** Between two mutations of a client. */
  readonly pauseMs?: number;
  /**
   * Sends what was not answered, or was refused for a while, again with its key, and ends at a refusal that does not pass; else a client
   * ends at its first fault, as when the server is gone.
   */
  readonly isPatient?: boolean;
}

const AGAIN_MS = 100;

/** Clients of which each publishes version after version, each version derived from the one before. */
export function startLoad(to: ReachableServer, options: LoadOptions): Load {
  const sent: Sent[] = [];
  const heard: Heard[] = [];
  const stop = new AbortController();
  const clients = Array.from({ length: options.clients }, (_, n) =>
    client(to, { ...options, name: `${options.name}-c${n}` }, { sent, heard, signal: stop.signal }),
  );
  return {
    sent,
    heard,
    acknowledged: () => sent.filter(({ answer }) => answer).length,
    stop: async () => {
      stop.abort();
      await Promise.all(clients);
    },
  };
}

interface Notes {
  readonly sent: Sent[];
  readonly heard: Heard[];
  readonly signal: AbortSignal;
}

async function client(to: ReachableServer, options: LoadOptions, notes: Notes): Promise<void> {
  const { name, pauseMs = 0 } = options;
  let before: string | null = null;
  for (let n = 0; !notes.signal.aborted; n++) {
    const source = { uri: `s3://bucket/${name}`, snapshot: String(n) };
    const input = { namespace: "crash", name, source, derivedFrom: before === null ? [] : [before] };
    const one: Sent = { key: `${name}-${n}`, input, answer: null };
    notes.sent.push(one);
    await untilAcknowledged(to, one, options, notes);
    if (one.answer === null) return;
    before = one.answer.id;
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

async function untilAcknowledged(to: ReachableServer, one: Sent, options: LoadOptions, { heard }: Notes) {
  for (;;) {
    const said = await ask(to, one).catch(() => null);
    if (said !== null) heard.push(said);
    one.answer = said?.acknowledged ?? null;
    if (one.answer !== null || options.isPatient !== true || said?.isPassing === false) return;
    await sleep(AGAIN_MS);
  }
}

/** Rejects when the server does not answer at all. */
async function ask(to: ReachableServer, { key: idempotencyKey, input }: Sent): Promise<Heard> {
  const from = performance.now();
  const { data, errors } = await to.gql(PublishDatasetVersionDocument, { input, idempotencyKey });
  const { datasetVersion, ledgerSeq, projected = false, userErrors = [] } = data?.publishDatasetVersion ?? {};
  const isDone = datasetVersion != null && ledgerSeq != null;
  return {
    tookMs: performance.now() - from,
    projected,
    acknowledged: isDone ? { id: datasetVersion.id, seq: ledgerSeq } : null,
    codes: [...errors.map(({ extensions }) => extensions.code), ...userErrors.map(({ code }) => code)],
    isPassing: errors.length > 0 && errors.every(({ extensions }) => extensions["retryable"] === true),
  };
}

/** Sends one mutation once. @throws {Error} unless it is acknowledged. */
export async function publish(to: ReachableServer, one: Sent): Promise<Acknowledged> {
  const { acknowledged, codes } = await ask(to, one);
  if (acknowledged === null) throw new Error(`${one.key} was refused: ${codes.join(", ")}`);
  return acknowledged;
}
