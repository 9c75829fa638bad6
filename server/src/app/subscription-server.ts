import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { Principal } from "../graphql/principal.ts";
import { SubscriptionServer } from "../transports/websocket/subscription-server.ts";
import type { Server } from "./compose.ts";

export const CONNECTIONS_MAX = 1_000;
export const CONNECTIONS_MAX_EACH = 50;
/** Together with what the authenticator remembers: how long the subscriptions of a revoked token may live on. */
export const RECHECK_MS = 5_000;

/** The WebSocket face of a server's subscriptions. */
export function subscriptionServer(
  { subscriptionStallSeconds, bodyMaxBytes }: Config,
  { authenticator, subscriptions, newContext }: Server,
  log: Logger,
): SubscriptionServer<Principal> {
  return new SubscriptionServer<Principal>({
    log,
    limits: {
      maxConnections: CONNECTIONS_MAX,
      maxConnectionsEach: CONNECTIONS_MAX_EACH,
      maxMessageBytes: bodyMaxBytes,
      stallMs: subscriptionStallSeconds * 1000,
      recheckMs: RECHECK_MS,
    },
    authenticate: (token) => authenticator.authenticate(token),
    idOf: ({ agentId }) => agentId,
    prepare: (request, who, open) => subscriptions.prepare(request, newContext(who, crypto.randomUUID()), open),
    mask: (errors) => subscriptions.mask(errors),
  });
}
