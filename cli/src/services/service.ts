/** What a started service looks like to `npm start`, to the tests and to the benches. */
export type ServiceName = "nats" | "postgres" | "neo4j";

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface RunningService {
  readonly name: ServiceName;
  /** Unknown (null) for a service that was found at an address. */
  readonly version: string | null;
  /** The real process, never a wrapper; null for a service that was found at an address. */
  readonly pid: number | null;
  readonly url: string;
  readonly port: number;
  /** Settles when the process has ended, however it ended; never for a service that was found at an address. */
  readonly exited: Promise<Exit>;
  /** The last lines that the service wrote. */
  logTail(): readonly string[];
  /** Asks the service to end and uses SIGKILL after a deadline. Does nothing to a service that was found at an address. */
  stop(): Promise<void>;
  /** SIGKILL to the process and its children at once, as a crash would. Refused for a service that was found at an address. */
  kill(): Promise<void>;
}

export interface NatsService extends RunningService {
  readonly monitorUrl: string | null;
}

/** `url` contains the password already; the two fields are for clients that want them apart. */
export interface PostgresService extends RunningService {
  readonly user: string;
  readonly password: string;
}

export interface Neo4jService extends RunningService {
  readonly user: string;
  readonly password: string;
}

export interface StartOptions {
  /** Everything that the service keeps; starting on the same folder again finds its data again. */
  readonly dir: string;
  /** Absent or 0: a free one. A crash test passes the former port to come back under the same address. */
  readonly port?: number;
  readonly onLog?: (line: string) => void;
  /** Starts a process even where the environment names an address. Crash tests need one that they may kill. */
  readonly own?: boolean;
}

/** A service that could not be found, installed or started. The message says what to do next. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** Another process was quicker to take the port: worth another try on another one. */
  readonly portTaken: boolean;

  constructor(message: string, options: { cause?: unknown; portTaken?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.portTaken = options.portTaken ?? false;
  }
}
