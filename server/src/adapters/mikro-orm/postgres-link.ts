import { Client } from "pg";
import { reaching } from "./postgres-faults.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** How long the listener waits before it tries again. */
const RECONNECT_MS = [100, 250, 500, 1_000, 2_000];

/** One connection of its own. @throws {DatabaseUnavailable} */
export async function connect(url: string, pipelined = false): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: "clew",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A peer that has gone without a word is found out.
    keepAlive: true,
    ...(pipelined ? { pipeline: true } : {}),
  });
  // A connection that breaks rejects the query in flight; without a listener it would end the process as well.
  client.on("error", () => {});
  await reaching(() => client.connect());
  return client;
}

/** A connection for batches. A generic plan made while ledger_head and node are small would scan them for ever. @throws {DatabaseUnavailable} */
export async function connectToWrite(url: string, pipelined = false): Promise<Client> {
  const client = await connect(url, pipelined);
  await reaching(() => client.query("set enable_seqscan = off"));
  return client;
}

/** The process in PostgreSQL that serves a connection; what it notifies bears this number. pg has it, and its types do not. */
export function backendOf(client: Client): number {
  return (client as Client & { readonly processID: number }).processID;
}

/** What `send` asks of a pipelined connection at once leaves as one piece, and not as one for each statement. */
export function together<T>(client: Client, send: () => Promise<T>): Promise<T> {
  const { stream } = client.connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}

/** A connection that is made again when it has broken: whoever needs it next gets the new one. */
export class PostgresLink {
  readonly #open: () => Promise<Client>;
  #client: Promise<Client> | null = null;
  #isClosed = false;

  /** @param open connects, and does what every new connection needs before its first use. */
  constructor(open: () => Promise<Client>) {
    this.#open = open;
  }

  /** @throws {DatabaseUnavailable} */
  client(): Promise<Client> {
    return (this.#client ??= this.#connect());
  }

  /** Connected always: made again as soon as it breaks, and `made` is called each time. */
  async keep(made: (client: Client) => void): Promise<void> {
    const client = await this.client();
    made(client);
    client.once("end", () => void this.#makeAgain(made));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#client?.catch(() => null))?.end();
  }

  async #connect(): Promise<Client> {
    try {
      const client = await this.#open();
      client.once("end", () => (this.#client = null));
      return client;
    } catch (error) {
      this.#client = null;
      throw error;
    }
  }

  async #makeAgain(made: (client: Client) => void): Promise<void> {
    for (let tries = 0; !this.#isClosed; tries++) {
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS[Math.min(tries, RECONNECT_MS.length - 1)]));
      try {
        if (!this.#isClosed) await this.keep(made);
        return;
      } catch {
        // Until the database is back: what was missed meanwhile is found by looking, once connected.
      }
    }
  }
}
