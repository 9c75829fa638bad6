import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { takeGitHook } from "../features/triggers/index.ts";
import { can, type Principal } from "../graphql/principal.ts";
import { artifactRoutes } from "../transports/http/artifacts.ts";
import { backupRoute } from "../transports/http/backup.ts";
import { gitHookRoute } from "../transports/http/git-hooks.ts";
import { metricsRoute } from "../transports/http/metrics.ts";
import { httpServer } from "../transports/http/http-server.ts";
import { artifactAccess } from "./artifact-access.ts";
import type { Server } from "./compose.ts";
import { DEFAULT_QUERY } from "./default-query.ts";
import { eventStreams } from "./event-streams.ts";
import { openBackup } from "./open-backup.ts";
import type { Stops } from "./stops.ts";
import { subscriptionServer } from "./subscription-server.ts";

/** Opens the HTTP listener. Answers its URL. */
export async function listenHttp(config: Config, server: Server, stops: Stops, log: Logger): Promise<string> {
  const { ledger, engine, authenticator, stores, metrics } = server;
  const mayAccess = artifactAccess(stores.database.nodes);
  const events = eventStreams(config, server, log);
  const app = httpServer<Principal>({
    bodyMaxBytes: config.bodyMaxBytes,
    log,
    graphiql: config.graphiql,
    defaultQuery: DEFAULT_QUERY,
    authenticate: (token) => authenticator.authenticate(token),
    graphql: fastifyApolloHandler(engine, {
      context: async (request, reply) => {
        const gone = new AbortController();
        reply.raw.once("close", () => reply.raw.writableFinished || gone.abort());
        return server.newContext(request.who as Principal, request.id, gone.signal);
      },
    }),
    events,
    routes: [
      artifactRoutes({
        store: stores.artifacts,
        maxArtifactBytes: config.artifactMaxBytes,
        authorise: (request, access) =>
          mayAccess(request.who as Principal, access, (request.params as { digest?: string }).digest),
      }),
      backupRoute(async ({ who }) => openBackup(server, who as Principal)),
      metricsRoute(async ({ who }) => {
        if (!can(who as Principal, "VIEWER", "*")) return null;
        return { contentType: metrics.contentType, text: await metrics.text() };
      }),
    ],
    openRoutes: [
      gitHookRoute((hook) =>
        takeGitHook(
          { reader: stores.database.nodes, recorder: ledger.recorder, secrets: server.secrets.webhooks },
          hook,
        ),
      ),
    ],
    ready: async () => {
      const head = await stores.database.ledger.head();
      const { halted, seq: graphSeq } = ledger.graph;
      const readOnly = ledger.checkpointer.fork;
      const faults = { ...(halted ? { halted } : {}), ...(readOnly ? { readOnly } : {}) };
      return { ok: halted === null, details: { ledgerSeq: head.seq, graphSeq, ...faults } };
    },
  });
  const live = subscriptionServer(config, server, log);
  live.attach(app.server);
  const url = await app.listen({ host: config.host, port: config.port });
  stops.add("http", () => app.close());
  // First: what is open would hold up the listener's end.
  stops.add("subscriptions", () => live.stop());
  stops.add("event streams", async () => events.stop());
  return url;
}
