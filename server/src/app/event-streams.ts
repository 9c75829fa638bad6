import type { FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { clientError } from "../graphql/errors.ts";
import type { Principal } from "../graphql/principal.ts";
import { EventStreams } from "../transports/http/event-streams.ts";
import { bearerOf } from "../transports/http/http-server.ts";
import type { Server } from "./compose.ts";
import { subscriptionLimits } from "./subscription-limits.ts";

/** The face of a server's subscriptions for who has HTTP alone. */
export function eventStreams(
  config: Config,
  { authenticator, subscriptions, newContext }: Server,
  log: Logger,
): EventStreams<Principal> {
  return new EventStreams<Principal>({
    log,
    limits: subscriptionLimits(config),
    isWelcome: async (request: FastifyRequest) => (await authenticator.authenticate(bearerOf(request) ?? "")) !== null,
    idOf: ({ agentId }) => agentId,
    prepare: (asked, { who, id }, signal) => subscriptions.prepare(asked, newContext(who as Principal, id, signal), 1),
    mask: (errors) => subscriptions.mask(errors),
    tooMany: () =>
      clientError(
        "TOO_MANY_SUBSCRIPTIONS",
        "you have as many event streams as are allowed; end one, or use a WebSocket",
      ),
  });
}
