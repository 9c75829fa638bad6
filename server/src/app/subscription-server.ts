import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { Principal } from "../graphql/principal.ts";
import { SubscriptionServer } from "../transports/websocket/subscription-server.ts";
import type { Server } from "./compose.ts";
import { subscriptionLimits } from "./subscription-limits.ts";

/** The WebSocket face of a server's subscriptions. */
export function subscriptionServer(
  config: Config,
  { authenticator, subscriptions, newContext }: Server,
  log: Logger,
): SubscriptionServer<Principal> {
  return new SubscriptionServer<Principal>({
    log,
    limits: subscriptionLimits(config),
    maxMessageBytes: config.bodyMaxBytes,
    authenticate: (token) => authenticator.authenticate(token),
    idOf: ({ agentId }) => agentId,
    prepare: (request, who, open) => subscriptions.prepare(request, newContext(who, crypto.randomUUID()), open),
    mask: (errors) => subscriptions.mask(errors),
  });
}
