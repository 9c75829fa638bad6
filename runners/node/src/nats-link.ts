import { setTimeout as sleep } from "node:timers/promises";
import { inboxOf } from "@clew/schema";
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import {
  AuthorizationError,
  connect,
  createInbox,
  type ConnectionOptions,
  credsAuthenticator,
  type NatsConnection,
  PermissionViolationError,
} from "@nats-io/transport-node";
import type { Logger } from "pino";
import { Backoff } from "./backoff.ts";

const VERSION_MIN = [2, 11] as const;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
/** Between tries to come back to a NATS that was there: within a lease, and not all runners at once. The client wants no pauses that grow: it starts each anew. */
const RETURN_MS = { reconnectTimeWait: 2_000, reconnectJitter: 1_000, reconnectJitterTLS: 1_000 };
const API_TIMEOUT_MS = 5_000;
/** A connection that answers two pings with nothing is made anew: well within a lease, for no heartbeat gets through it. */
const PING_MS = 5_000;
const USUAL_MAX_BYTES = 1024 * 1024;
/** Of the largest message that NATS takes, kept for its headers. */
const HEADER_BYTES = 1024;

/** NATS is there and cannot be used as it is; the message says what is missing. */
export class NatsUnfit extends Error {
  override readonly name = "NatsUnfit";
}

export interface NatsLinkOptions {
  readonly url: string;
  readonly token: string | null;
  /** The text of a NATS credentials file. */
  readonly credentials: string | null;
  readonly runnerId: string;
  readonly log: Logger;
  /** Ends the attempts to connect. */
  readonly signal: AbortSignal;
}

/** A connection to NATS that comes back by itself, for ever. */
export class NatsLink {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly #runnerId: string;
  readonly #log: Logger;
  readonly #onReconnect = new Set<() => void>();
  readonly #onDenied = new Set<(subject: string) => void>();
  #isConnected = true;

  private constructor(connection: NatsConnection, manager: JetStreamManager, { runnerId, log }: NatsLinkOptions) {
    this.connection = connection;
    this.client = jetstream(connection, { timeout: API_TIMEOUT_MS });
    this.manager = manager;
    this.#runnerId = runnerId;
    this.#log = log;
  }

  /** Waits for NATS to be there. @throws {NatsUnfit} where it refuses the credentials, is too old, or has no JetStream. */
  static async open(options: NatsLinkOptions): Promise<NatsLink> {
    const connection = await connectWhenThere(options);
    try {
      const link = new NatsLink(connection, await fitManager(connection), options);
      void link.#watch();
      return link;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** What is published while this is false waits in the client. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** A subject on which nobody but this runner is answered. */
  newInbox(): string {
    return createInbox(inboxOf(this.#runnerId));
  }

  /** Calls `act` after each return of the connection. Answers how to stop that. */
  onReconnect(act: () => void): () => void {
    this.#onReconnect.add(act);
    return () => this.#onReconnect.delete(act);
  }

  /** Calls `act` with each subject that the runner's credentials do not permit. Answers how to stop that. */
  onDenied(act: (subject: string) => void): () => void {
    this.#onDenied.add(act);
    return () => this.#onDenied.delete(act);
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === "disconnect") {
        this.#isConnected = false;
        this.#log.warn("NATS is not reachable; running jobs go on, and it is tried again for ever");
      } else if (status.type === "reconnect") {
        this.#isConnected = true;
        this.#log.info("NATS is reachable again");
        for (const act of this.#onReconnect) act();
      } else if (status.type === "error") {
        this.#log.warn({ err: status.error }, "NATS reports an error");
        const { error } = status;
        if (error instanceof PermissionViolationError) for (const act of this.#onDenied) act(error.subject);
      }
    }
  }
}

/** What a message's body may have, in bytes: NATS may have been told to take less than is usual. */
export function bodyMaxBytes({ info }: NatsConnection): number {
  return (info?.max_payload ?? USUAL_MAX_BYTES) - HEADER_BYTES;
}

async function connectWhenThere({
  url,
  token,
  credentials,
  runnerId,
  log,
  signal,
}: NatsLinkOptions): Promise<NatsConnection> {
  const backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  const options: ConnectionOptions = {
    ...address(url),
    ...(token !== null && { token }),
    ...(credentials !== null && { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }),
    name: `clew-runner ${runnerId}`,
    // An inbox of its own, so that a runner's permissions can be kept to its own subjects.
    inboxPrefix: inboxOf(runnerId),
    maxReconnectAttempts: -1,
    pingInterval: PING_MS,
    ignoreAuthErrorAbort: true,
    ...RETURN_MS,
  };
  for (;;) {
    signal.throwIfAborted();
    try {
      return await connect(options);
    } catch (error) {
      if (error instanceof AuthorizationError) {
        throw new NatsUnfit(`NATS at ${withoutSecrets(url)} refuses these credentials`, { cause: error });
      }
      log.warn({ url: withoutSecrets(url), reason: (error as Error).message }, "NATS is not reachable; trying again");
    }
    await sleep(backoff.next(), undefined, { signal });
  }
}

/** Name and password in the address, which the client does not read by itself. */
function address(url: string): ConnectionOptions {
  const match = /^([a-z]+:\/\/)([^@/]*)@(.+)$/.exec(url);
  if (match === null) return { servers: url };
  const [user = "", pass] = (match[2] ?? "").split(":").map(decodeURIComponent);
  return { servers: `${match[1]}${match[3]}`, user, ...(pass !== undefined && { pass }) };
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}

async function fitManager(connection: NatsConnection): Promise<JetStreamManager> {
  const version = connection.info?.version ?? "0.0.0";
  if (!isRecent(version)) {
    throw new NatsUnfit(`nats-server ${version} is too old: ${VERSION_MIN.join(".")} or newer is needed`);
  }
  if (connection.info?.jetstream !== true) {
    throw new NatsUnfit("nats-server runs without JetStream: start it with -js");
  }
  return await jetstreamManager(connection, { timeout: API_TIMEOUT_MS, checkAPI: false });
}

export function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
}
