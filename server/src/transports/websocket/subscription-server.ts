import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import type { ExecutionArgs, GraphQLError, GraphQLFormattedError } from "graphql";
import { handleProtocols, makeServer, type SubscribePayload } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { SubscriptionLimits } from "../subscription-limits.ts";
import { type Connection, type ConnectionLog, CLOSE, openConnection, startAnswers } from "./connection.ts";

export interface SubscriptionParts<Who> {
  readonly log: ConnectionLog;
  readonly limits: SubscriptionLimits;
  /** A message of a client, in bytes. */
  readonly maxMessageBytes: number;
  /** Null for a token that is not good. */
  readonly authenticate: (token: string) => Promise<Who | null>;
  /** Whose connections are counted together. */
  readonly idOf: (who: Who) => string;
  /** What to subscribe to, or why not. `open` counts the connection's subscriptions, this one too. */
  readonly prepare: (payload: SubscribePayload, who: Who, open: number) => ExecutionArgs | readonly GraphQLError[];
  /** What the caller may see of errors. */
  readonly mask: (errors: readonly GraphQLError[]) => readonly GraphQLFormattedError[];
}

const PATH = "/graphql";
/** A client must send connection_init within this time. */
const INIT_MS = 5_000;
/** How long a client has to answer a close frame before it is cut off. */
const CLOSE_MS = 2_000;

/** GraphQL subscriptions over WebSocket, protocol graphql-transport-ws, on the path of GraphQL over HTTP. */
export class SubscriptionServer<Who> {
  readonly #parts: SubscriptionParts<Who>;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Set<Connection<Who>>();
  readonly #server: ReturnType<typeof makeServer<Record<string, unknown>, Connection<Who>>>;
  #isStopping = false;

  constructor(parts: SubscriptionParts<Who>) {
    this.#parts = parts;
    // closeTimeout is of ws, and missing in its types.
    const options = { noServer: true, maxPayload: parts.maxMessageBytes, handleProtocols, closeTimeout: CLOSE_MS };
    this.#sockets = new WebSocketServer(options);
    this.#server = makeServer<Record<string, unknown>, Connection<Who>>({
      connectionInitWaitTimeout: INIT_MS,
      onConnect: ({ connectionParams, extra }) => this.#identify(extra, connectionParams),
      onSubscribe: ({ subscriptions, extra }, _id, payload) =>
        parts.prepare(payload, extra.who!, Object.keys(subscriptions).length),
      onNext: (_context, _id, _payload, _args, { data = null, errors }) =>
        errors ? { data, errors: parts.mask(errors) } : undefined,
      onError: (_context, _id, _payload, errors) => parts.mask(errors),
    });
  }

  /** How many WebSockets are open. */
  get size(): number {
    return this.#connections.size;
  }

  /** Takes the upgrades of an HTTP server. */
  attach(http: HttpServer): void {
    http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Tells every client that the server goes away (1001), and waits until all of their subscriptions have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const { socket } of this.#connections) socket.close(CLOSE.goingAway, "the server stops");
    await Promise.all([...this.#connections].map(({ closed }) => closed));
    this.#sockets.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url?.split("?")[0] !== PATH) return refuse(socket, "404 Not Found");
    const isFull = this.#connections.size >= this.#parts.limits.maxOpen;
    if (isFull || this.#isStopping) return refuse(socket, "503 Service Unavailable");
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened));
  }

  #open(socket: WebSocket): void {
    const { log, limits, authenticate } = this.#parts;
    const connection = openConnection<Who>({ socket, log, limits, authenticate });
    this.#connections.add(connection);
    void connection.closed.finally(() => this.#connections.delete(connection));
    startAnswers(connection, log, (face) => this.#server.opened(face, connection));
  }

  /** Closes the connection unless its token is good and its principal has room for one more. */
  async #identify(connection: Connection<Who>, parameters: Record<string, unknown> | undefined): Promise<boolean> {
    const token = tokenOf(parameters);
    const who = token === null ? null : await this.#parts.authenticate(token);
    if (who === null || token === null) return connection.refuse(CLOSE.unauthorized, "give a token that is good");
    const { idOf, limits } = this.#parts;
    const others = [...this.#connections].filter((one) => one.who !== null && idOf(one.who) === idOf(who));
    if (others.length >= limits.maxOpenEach)
      return connection.refuse(CLOSE.tryAgainLater, "you have as many connections as are allowed");
    connection.admit(who, token);
    return true;
  }
}

/** `{ "Authorization": "Bearer <token>" }`, as the header of GraphQL over HTTP; the scheme may be left out. */
function tokenOf(parameters: Record<string, unknown> = {}): string | null {
  const [, value] = Object.entries(parameters).find(([name]) => name.toLowerCase() === "authorization") ?? [];
  return typeof value === "string" ? value.replace(/^bearer +/i, "") || null : null;
}

function refuse(socket: Duplex, status: string): void {
  socket.on("error", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
