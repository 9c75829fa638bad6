import { AlertSeverity, Namespace, NodeId, WebhookFormat } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { noticeGiven } from "./notice.fact.ts";

export const WebhookNamespace = z.union([z.literal("*"), Namespace]);
export const EntryTypes = z.array(z.string().min(1).max(100)).min(1).max(100);

/**
 * An endpoint outside is told of entries from now on. The entry does not hold the secret, nor its hash; of an address that is a secret or
 * names a person, `url` is what may be shown. Version 1 knew the format JSON only.
 */
export const webhookCreated = defineFact({
  type: "webhook.created",
  v: 2,
  payload: z.strictObject({
    webhook: NodeId,
    namespace: WebhookNamespace,
    url: z.string().max(2000),
    types: EntryTypes.nullable(),
    format: WebhookFormat,
    severity: AlertSeverity.nullable(),
    about: NodeId.nullable(),
  }),
  upcasts: { 1: (payload) => ({ ...(payload as object), format: "JSON", severity: null, about: null }) },
  project: () => [],
});

/** One that was given up is delivered to again. */
export const webhookEnabled = defineFact({
  type: "webhook.enabled",
  v: 1,
  payload: z.strictObject({ webhook: NodeId, namespace: WebhookNamespace }),
  project: () => [],
});

export const webhookDeleted = defineFact({
  type: "webhook.deleted",
  v: 1,
  payload: z.strictObject({ webhook: NodeId, namespace: WebhookNamespace }),
  project: () => [],
});

export const webhookFacts = [webhookCreated, webhookEnabled, webhookDeleted, noticeGiven];
