import type { Logger } from "pino";
import type { SqlDatabase } from "../adapters/mikro-orm/index.ts";
import { smtpSender } from "../adapters/smtp/index.ts";
import type { Config } from "../config/config.ts";
import { WebhookDeliveries } from "../features/webhooks/index.ts";
import type { LedgerEngine } from "./ledger-engine.ts";
import type { Secrets } from "./secrets.ts";
import type { Stops } from "./stops.ts";

/** Delivers to webhooks from now on. */
export function startDeliveries(
  config: Config,
  { ledger: store, nodes: reader, webhooks }: SqlDatabase,
  { tail }: LedgerEngine,
  secrets: Secrets,
  stops: Stops,
  log: Logger,
): void {
  const { webhookMaxAttempts, webhookTimeoutSeconds, webhookAllowPrivate, smtpUrl, smtpFrom } = config;
  const timeoutMs = webhookTimeoutSeconds * 1000;
  const options = { maxAttempts: webhookMaxAttempts, timeoutMs, allowPrivate: webhookAllowPrivate };
  const sendMail = smtpUrl === undefined ? null : smtpSender({ url: smtpUrl, from: smtpFrom, timeoutMs });
  const parts = { store, tail, reader, webhooks, secrets: secrets.webhooks, sendMail, options };
  const deliveries = new WebhookDeliveries(parts, log);
  deliveries.start();
  stops.add("webhooks", () => deliveries.stop());
}
