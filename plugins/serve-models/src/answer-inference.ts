import { type Anomaly, newInferenceId, type Prediction } from "@clew/plugin-sdk";
import { columnsOf } from "./columns.ts";
import type { Batch, ServableModel } from "@clew/plugin-models";
import { BadRequest } from "./open-inference/bad-request.ts";
import { type InferRequest, readInferRequest } from "./open-inference/infer-request.ts";
import { type InferResponse, writeInferResponse } from "./open-inference/infer-response.ts";
import type { PredictionLog } from "./prediction-log.ts";
import { UnlikeSchema } from "./request-check.ts";
import type { Revision, Revisions, ServedEntry } from "./revision.ts";
import type { Shadows } from "./shadows.ts";
import { choose, pointOf } from "./traffic.ts";

/** A request as HTTP brought it. */
export interface RawRequest {
  /** The model's name in the path, which is the endpoint's, and the version's where there is one. */
  readonly name: string;
  readonly version: string | undefined;
  readonly stickyKey: string | undefined;
  /** The body, unpacked. @throws {BadRequest} where it cannot be */
  readonly body: () => Promise<Buffer>;
  readonly jsonBytes: string | undefined;
}

export interface Answered extends InferResponse {
  readonly inferenceId: string;
}

interface Parts {
  readonly revisions: Revisions;
  readonly log: PredictionLog;
  readonly shadows: Shadows;
}

/** One inference from its request to its answer, its record and its shadows. */
export class AnswerInference {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws {BadRequest} that says what is wrong with the request, or why nobody answers it */
  async answer(raw: RawRequest): Promise<Answered> {
    const { current } = this.#parts.revisions;
    if (current === null) throw new BadRequest("no deployment is served yet", 503);
    const release = current.hold();
    try {
      return await this.#by(current, raw);
    } finally {
      release();
    }
  }

  /** Passes on that a request was refused before it was read. */
  refused({ message }: Error, statusCode: number): void {
    const { current: revision } = this.#parts.revisions;
    if (revision === null) return;
    const [at, begun] = [Date.now(), performance.now()];
    const id = newInferenceId({ deployment: revision.id, place: null, at });
    this.#recordFailure({ revision, entry: null, id, at, begun }, new BadRequest(message, statusCode));
  }

  async #by(revision: Revision, raw: RawRequest): Promise<Answered> {
    const begun = performance.now();
    const at = Date.now();
    let entry: ServedEntry | null = null;
    try {
      entry = chosen(revision, raw);
      const request = readInferRequest(await raw.body(), raw.jsonBytes, entry.model);
      const anomalies = entry.check?.(request.batch) ?? [];
      const answered = await predicted(entry, request.batch);
      const id = newInferenceId({ deployment: revision.id, place: entry.place, at });
      const response = respond(revision, entry, id, request, answered);
      this.#record({ revision, entry, id, at, begun }, entry.model, { batch: request.batch, answered, anomalies });
      return { ...response, inferenceId: id };
    } catch (error) {
      const id = newInferenceId({ deployment: revision.id, place: entry?.place ?? null, at });
      throw this.#recordFailure({ revision, entry, id, at, begun }, error);
    }
  }

  #record(inference: Inference, { inputs, outputs }: ServableModel, { batch, answered, anomalies }: Seen): void {
    const { log, shadows } = this.#parts;
    if (!log.sampled()) return;
    const values = { inputs: columnsOf(batch, inputs), outputs: columnsOf(answered, outputs), error: null };
    const record = { ...said(inference), rows: batch.rows, ...values, ...named(anomalies) };
    log.add(record);
    shadows.see(inference.revision, { id: record.id, at: record.at, batch });
  }

  /** What is to be answered. */
  #recordFailure(inference: Inference, error: unknown): BadRequest {
    const refusal = error instanceof BadRequest ? error : new BadRequest("the model failed", 500, { cause: error });
    const { message, statusCode: status } = refusal;
    const detail = refusal === error ? message : `${message}: ${(error as Error).message}`;
    const failed = { outputs: null, error: { status, message: detail.slice(0, 1_000) } };
    this.#parts.log.add({ ...said(inference), ...readIn(inference, error), ...failed });
    return refusal;
  }
}

/** What a refused request held; unread where it was not refused for its values. */
function readIn({ entry }: Inference, error: unknown): Pick<Prediction, "rows" | "inputs" | "anomalies"> {
  if (!(error instanceof UnlikeSchema) || entry === null) return { rows: 0, inputs: null };
  const { batch, anomalies } = error;
  return { rows: batch.rows, inputs: columnsOf(batch, entry.model.inputs), ...named(anomalies) };
}

function named(anomalies: readonly Anomaly[]): Pick<Prediction, "anomalies"> {
  return anomalies.length > 0 ? { anomalies: [...anomalies] } : {};
}

interface Seen {
  readonly batch: Batch;
  readonly answered: Batch;
  readonly anomalies: readonly Anomaly[];
}

interface Inference {
  readonly revision: Revision;
  readonly entry: ServedEntry | null;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly begun: number;
}

function said({
  revision,
  entry,
  id,
  at,
  begun,
}: Inference): Omit<Prediction, "rows" | "inputs" | "outputs" | "error" | "anomalies"> {
  return {
    id,
    deployment: revision.id,
    model: entry?.id ?? null,
    mode: "LIVE",
    at: new Date(at).toISOString(),
    latencyMs: performance.now() - begun,
  };
}

/** Who answers: the version that is asked for, else one by the weights. @throws {BadRequest} */
function chosen(revision: Revision, { version, stickyKey }: RawRequest): ServedEntry {
  const { answering } = revision;
  if (version !== undefined) return versionOf(revision, version);
  const entry = choose(answering, pointOf(stickyKey));
  if (entry === null)
    throw new BadRequest(`no model of ${revision.key} may answer: it is suspended, or its models are`, 503);
  return entry;
}

/** A live model by its name in the protocol, or by its number alone where no other has it. @throws {BadRequest} */
export function versionOf(revision: Revision, version: string): ServedEntry {
  const { live } = revision;
  const exact = live.filter((entry) => entry.version === version);
  const found = exact.length > 0 ? exact : live.filter((entry) => entry.version.endsWith(`@${version}`));
  const [entry, ...others] = found;
  if (entry === undefined || others.length > 0) {
    const versions = live.map((one) => one.version).join(", ") || "none";
    throw new BadRequest(`${revision.name} has no version ${version}; it has ${versions}`, 404);
  }
  if (entry.isSuspended) throw new BadRequest(`${entry.version} is suspended`, 503);
  return entry;
}

async function predicted(entry: ServedEntry, batch: Batch): Promise<Batch> {
  if (batch.rows === 0) throw new BadRequest("the inputs have no rows");
  return await entry.batcher.predict(batch);
}

function respond(
  revision: Revision,
  entry: ServedEntry,
  id: string,
  request: InferRequest,
  answered: Batch,
): InferResponse {
  const parameters = { inference_id: id, deployment: revision.key, model: entry.key };
  const head = { modelName: revision.name, modelVersion: entry.version, id: request.id, parameters };
  return writeInferResponse(head, answered, entry.model.outputs, request.outputs);
}
