import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ArtifactErrorBody, type ArtifactErrorCode, BeginUploadReply, OFFSET_STREAM } from "./artifact-protocol.ts";
import type { Sha256 } from "./digest.ts";

const READ_BYTES = 512 * 1024;
/** How much of a file goes in one request: after each the server has it durably. */
const PIECE_BYTES = 256 * 1024 * 1024;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;
const MAX_ATTEMPTS = 6;

export interface TransferOptions {
  /** Called as bytes move; `transferredBytes` falls back when a broken connection has lost some. */
  readonly onProgress?: (progress: { readonly transferredBytes: number; readonly totalBytes: number }) => void;
  /** How often in a row a transfer may break without a byte of progress before it fails; 6 unless given, which is 3 to 6 s. */
  readonly maxAttempts?: number;
  readonly signal?: AbortSignal;
}

/** UNREACHABLE: no answer, or none that is of this protocol. */
export type TransferErrorCode = ArtifactErrorCode | "UNREACHABLE";

/** A transfer failed: what the server said, or why it could not be asked. */
export class ArtifactTransferError extends Error {
  readonly code: TransferErrorCode;
  /** Whether the same transfer may succeed later. */
  readonly retryable: boolean;

  constructor(code: TransferErrorCode, message: string, retryable: boolean, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryable;
  }
}

/** What has arrived of an artifact so far. */
export interface PartialArtifact {
  readonly size: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Begins again: the server did not go on where this ends. */
  restart(): Promise<void>;
}

/** One transfer: where to, as whom, and how far it is. */
export class ArtifactSession {
  readonly #base: URL;
  readonly #token: string | null;
  readonly #options: TransferOptions;
  #totalBytes: number;
  #furthest = 0;

  constructor(baseUrl: string, token: string | null, options: TransferOptions, totalBytes: number) {
    this.#base = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
    this.#token = token;
    this.#options = options;
    this.#totalBytes = totalBytes;
  }

  /** Tries again while failures may pass; progress starts the count anew. */
  async persist(attempt: () => Promise<void>): Promise<void> {
    const most = this.#options.maxAttempts ?? MAX_ATTEMPTS;
    for (let failures = 0; ; ) {
      const before = this.#furthest;
      try {
        return await attempt();
      } catch (error) {
        this.#options.signal?.throwIfAborted();
        failures = this.#furthest > before ? 1 : failures + 1;
        if (!(error instanceof ArtifactTransferError && error.retryable) || failures >= most) throw error;
        const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
        const { signal } = this.#options;
        await sleep(delayMs * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {});
      }
    }
  }

  progress(transferredBytes: number): void {
    this.#furthest = Math.max(this.#furthest, transferredBytes);
    this.#options.onProgress?.({ transferredBytes, totalBytes: this.#totalBytes });
  }

  /**
   * Whether the store is known to have it. A token may write and yet not read what is there already (401): then the file is sent, the
   * store keeps its one copy, and a token that may not write either is refused that.
   */
  async isStored(digest: Sha256): Promise<boolean> {
    const response = await this.#request("HEAD", `artifacts/${digest}`, { accept: [200, 401, 404] });
    return response.status === 200;
  }

  async putWhole(digest: Sha256, path: string): Promise<void> {
    const response = await this.#request("PUT", `artifacts/${digest}`, {
      accept: [200, 201],
      headers: { "Content-Type": "application/octet-stream" },
      body: this.#piece(path, 0, this.#totalBytes),
    });
    await settle(response);
  }

  async begin(digest: Sha256): Promise<string> {
    const response = await this.#request("POST", "artifacts/uploads", {
      accept: [201],
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ digest }),
    });
    const reply = BeginUploadReply.safeParse(await response.json().catch(() => null));
    if (!reply.success) throw unreachable(reply.error);
    return `artifacts/uploads/${reply.data.uploadId}`;
  }

  /** Sends what the server does not hold yet, piece by piece, and finishes. */
  async sendRest(location: string, path: string): Promise<void> {
    let offset = offsetIn(await this.#request("HEAD", location, { accept: [200] }));
    while (offset < this.#totalBytes) {
      const end = Math.min(this.#totalBytes, offset + PIECE_BYTES);
      const response = await this.#request("PATCH", location, {
        accept: [204],
        headers: { "Content-Type": OFFSET_STREAM, "Upload-Offset": String(offset) },
        body: this.#piece(path, offset, end),
      });
      const reached = offsetIn(response);
      if (reached <= offset)
        throw new ArtifactTransferError("DIGEST_MISMATCH", "the file became shorter meanwhile", false);
      offset = reached;
    }
    await settle(await this.#request("POST", `${location}/finish`, { accept: [200] }));
  }

  async fetchRest(digest: Sha256, part: PartialArtifact): Promise<void> {
    const from = part.size;
    const response = await this.#request("GET", `artifacts/${digest}`, {
      accept: [200, 206],
      headers: { "Accept-Encoding": "identity", ...(from > 0 && { Range: `bytes=${from}-` }) },
    });
    const isContinued = response.status === 206 && response.headers.get("Content-Range")?.startsWith(`bytes ${from}-`);
    if (from > 0 && !isContinued) await part.restart();
    this.#totalBytes = part.size + Number(response.headers.get("Content-Length") ?? 0);
    for await (const chunk of receiving(response)) {
      await part.append(chunk);
      this.progress(part.size);
    }
    if (part.size < this.#totalBytes) throw unreachable("the answer ended early");
  }

  /** A part of a file as a request's body; what was handed to the connection counts as progress. */
  async *#piece(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
    let at = start;
    if (start === end) return;
    for await (const chunk of createReadStream(path, { start, end: end - 1, highWaterMark: READ_BYTES })) {
      yield chunk;
      at += chunk.length;
      this.progress(at);
    }
  }

  async #request(method: string, path: string, init: RequestSpec): Promise<Response> {
    const { accept, headers = {}, body } = init;
    const { signal } = this.#options;
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: { ...headers, ...(this.#token !== null && { Authorization: `Bearer ${this.#token}` }) },
      // Node's fetch takes an async iterable and pulls it as fast as the connection takes it; a browser's types do not know that.
      ...(body !== undefined && { body: body as unknown as NonNullable<RequestInit["body"]>, duplex: "half" as const }),
      // Unless redirects are errors and there is no window, fetch keeps all that it sends, to be able to send it again elsewhere.
      redirect: "error",
      window: null,
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw unreachable(error);
    });
    if (accept.includes(response.status)) return response;
    throw await refusal(response, path);
  }
}

interface RequestSpec {
  /** The statuses that are no failure. */
  readonly accept: readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
}

async function* receiving(response: Response): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) yield chunk;
  } catch (error) {
    throw unreachable(error);
  }
}

/** Reads an answer to its end, so that its connection can be used again. */
async function settle(response: Response): Promise<void> {
  await response.arrayBuffer().catch((error: unknown) => {
    throw unreachable(error);
  });
}

function offsetIn(response: Response): number {
  const text = response.headers.get("Upload-Offset") ?? "";
  if (!/^\d{1,15}$/.test(text)) throw unreachable("the answer names no Upload-Offset");
  return Number(text);
}

function unreachable(cause: unknown): ArtifactTransferError {
  return new ArtifactTransferError("UNREACHABLE", "the artifact store does not answer", true, cause);
}

async function refusal(response: Response, path: string): Promise<ArtifactTransferError> {
  const body = ArtifactErrorBody.safeParse(await response.json().catch(() => null));
  const code = body.success ? body.data.error.code : codeOfStatus(response.status, path);
  const message = body.success ? body.data.error.message : `the artifact store answered ${response.status}`;
  return new ArtifactTransferError(code, message, isPassing(response.status, code));
}

/** For answers without a body (to HEAD), and those of proxies on the way. */
function codeOfStatus(status: number, path: string): TransferErrorCode {
  if (status === 401 || status === 403) return "UNAUTHENTICATED";
  if (status === 404) return path.startsWith("artifacts/uploads/") ? "UPLOAD_NOT_FOUND" : "NOT_FOUND";
  if (status === 413) return "REQUEST_TOO_LARGE";
  return status >= 500 || status === 429 ? "UNREACHABLE" : "INVALID_INPUT";
}

/** An upload that moved or vanished is asked for again, and begun again. A full store will not be empty in seconds. */
function isPassing(status: number, code: TransferErrorCode): boolean {
  if (code === "UPLOAD_OFFSET_MISMATCH" || code === "UPLOAD_NOT_FOUND") return true;
  return (status >= 500 && code !== "STORE_FULL") || status === 429 || status === 408;
}
