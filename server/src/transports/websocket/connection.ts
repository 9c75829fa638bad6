import type { WebSocket as Face } from "graphql-ws";
import type { WebSocket } from "ws";

/** Close codes: of RFC 6455 section 7.4 and the registry, and (4400 and above) of the protocol graphql-transport-ws. */
export const CLOSE = {
  goingAway: 1001,
  policyViolation: 1008,
  tryAgainLater: 1013,
  unauthorized: 4401,
  internalError: 4500,
} as const;

export interface ConnectionLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

interface ConnectionOptions<Who> {
  readonly socket: WebSocket;
  readonly log: ConnectionLog;
  readonly limits: { readonly stallMs: number; readonly recheckMs: number };
  readonly authenticate: (token: string) => Promise<Who | null>;
}

/** One WebSocket and who is at its other end. */
export interface Connection<Who> {
  readonly socket: WebSocket;
  /** Null before connection_init. */
  readonly who: Who | null;
  /** Resolves when the socket is closed and everything of it has ended. */
  readonly closed: Promise<void>;
  /** From now on, as long as the token stays good. */
  admit(who: Who, token: string): void;
  refuse(code: number, reason: string): false;
  /** Sends a message, and resolves when the operating system has taken it. A client that does not read is closed. */
  send(message: string): Promise<void>;
  /** Told when all subscriptions have ended. */
  end(): void;
}

/** Keep-alive: a client that does not answer a ping until the next one is cut off. */
const PING_MS = 15_000;
/** What may wait to be sent beyond the message of each subscription: answers to a client's own pings. */
const BUFFER_MAX_BYTES = 8 * 1024 * 1024;

export function openConnection<Who>({ socket, log, limits, authenticate }: ConnectionOptions<Who>): Connection<Who> {
  const { promise: closed, resolve: end } = Promise.withResolvers<void>();
  let who: Who | null = null;
  let recheck: NodeJS.Timeout | undefined;
  const refuse = (code: number, reason: string): false => {
    socket.close(code, reason);
    return false;
  };
  const lookAgain = async (token: string) => {
    try {
      if ((await authenticate(token)) === null) refuse(CLOSE.unauthorized, "the token is no longer good");
    } catch (error) {
      log.warn({ err: error }, "a connection's token could not be looked at again");
    }
  };
  const ping = setInterval(pinger(socket), PING_MS);
  socket.on("close", () => {
    clearInterval(ping);
    clearInterval(recheck);
  });
  return {
    socket,
    get who() {
      return who;
    },
    closed,
    end,
    refuse,
    admit: (principal, token) => {
      who = principal;
      if (socket.readyState === socket.OPEN) recheck = setInterval(() => void lookAgain(token), limits.recheckMs);
    },
    send: (message) => sendInTime(socket, message, limits.stallMs),
  };
}

function pinger(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on("pong", () => {
    isAlive = true;
  });
  return () => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  };
}

/**
 * A subscription's next item is read when this one is sent, so a slow client's queue is in the ledger and in the stream, not here; one
 * that takes nothing at all for too long is closed, and resumes from its cursor.
 */
async function sendInTime(socket: WebSocket, message: string, stallMs: number): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  const slow = () => socket.close(CLOSE.policyViolation, "SLOW_CONSUMER: resume from your last cursor");
  if (socket.bufferedAmount > BUFFER_MAX_BYTES) return slow();
  const timer = setTimeout(slow, stallMs);
  await new Promise<void>((resolve) => {
    // An error here is the socket's end, of which its close event tells.
    socket.send(message, () => resolve());
  });
  clearTimeout(timer);
}

/** Lets the protocol's server (`open`) answer a connection's messages until it is closed. */
export function startAnswers<Who>(
  connection: Connection<Who>,
  log: ConnectionLog,
  open: (face: Face) => (code?: number, reason?: string) => Promise<void>,
): void {
  const { socket } = connection;
  const fail = (error: unknown) => {
    log.error({ err: error }, "a WebSocket's message was not answered");
    socket.close(CLOSE.internalError, "the server failed; its log has the rest");
  };
  const ended = open({
    protocol: socket.protocol,
    send: (message) => connection.send(message),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (answer) => socket.on("message", (data) => void answer((data as Buffer).toString("utf8")).catch(fail)),
  });
  // What is too large or no WebSocket frame: ws closes the socket with the code for it.
  socket.on("error", (error) => log.warn({ err: error }, "a WebSocket was broken"));
  socket.once("close", (code, reason) => {
    void ended(code, reason.toString("utf8"))
      .catch((error: unknown) => log.error({ err: error }, "a subscription did not end cleanly"))
      .then(() => connection.end());
  });
}
