import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { refusal } from "./request-fault.ts";

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** @param open answers null for who may not see them. */
export function metricsRoute(open: (request: FastifyRequest) => Promise<MetricsText | null>): FastifyPluginAsync {
  return async (app) => {
    app.get("/metrics", async (request, reply) => {
      const metrics = await open(request);
      if (metrics === null) {
        const message = "metrics are for those who may read every namespace";
        return reply.code(403).send(refusal("FORBIDDEN", message));
      }
      return reply.type(metrics.contentType).header("Cache-Control", "no-store").send(metrics.text);
    });
  };
}
