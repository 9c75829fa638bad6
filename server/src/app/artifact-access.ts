import type { FastifyInstance } from "fastify";
import type { Stores } from "./compose.ts";

/** The artifact routes with who may use them. */
export function artifactRoutes(app: FastifyInstance, stores: Stores, maxBytes: number): void {
  void app;
  void stores;
  void maxBytes;
}
