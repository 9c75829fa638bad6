import type { Logger } from "pino";
import type { SqlDatabase } from "../adapters/mikro-orm/index.ts";
import type { Config } from "../config/config.ts";
import { WebhookDeliveries } from "../features/webhooks/index.ts";
import type { LedgerEngine } from "./ledger-engine.ts";
import type { Secrets } from "./secrets.ts";
import type { Stops } from "./stops.ts";

/** Delivers to webhooks from now on. */
export function startDeliveries(
  { webhookMaxAttempts, webhookTimeoutSeconds, webhookAllowPrivate }: Config,
  { ledger: store, nodes: reader, webhooks }: SqlDatabase,
  { tail }: LedgerEngine,
  secrets: Secrets,
  stops: Stops,
  log: Logger,
): void {
  const options = {
    maxAttempts: webhookMaxAttempts,
    timeoutMs: webhookTimeoutSeconds * 1000,
    allowPrivate: webhookAllowPrivate,
  };
  const parts = { store, tail, reader, webhooks, secrets: secrets.webhooks, options };
  const deliveries = new WebhookDeliveries(parts, log);
  deliveries.start();
  stops.add("webhooks", () => deliveries.stop());
}
