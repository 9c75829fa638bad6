import { NodeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import type { WebhookRow } from "../../ports/webhooks.ts";
import { webhookDeleted, webhookEnabled } from "./webhook.facts.ts";

export const DeleteWebhook = z.strictObject({ webhook: NodeId }).meta({ id: "DeleteWebhook" });
export const EnableWebhook = z.strictObject({ webhook: NodeId }).meta({ id: "EnableWebhook" });

export const noWebhook = () => refuse("UNKNOWN_NODE", ["webhook"], "no such webhook");

/** An address that names a person goes with it. */
export function deleteWebhook(row: WebhookRow) {
  return changed(row, ({ at }) => ({ fact: webhookDeleted, row: { ...row, endedAt: at, address: null } }));
}

/** Deliveries go on where they stood, at once. */
export function enableWebhook(row: WebhookRow) {
  return changed(row, () => ({ fact: webhookEnabled, row }));
}

type Change = { readonly fact: typeof webhookDeleted | typeof webhookEnabled; readonly row: WebhookRow };

/** That it was deleted before is found here, behind the look at the idempotency key: who repeats its deletion gets the first answer. */
function changed({ id, namespace, endedAt }: WebhookRow, change: (context: FactContext) => Change) {
  return {
    heads: [],
    decide: (_: Heads, context: FactContext): Decision<{ webhook: string }> => {
      if (endedAt !== null) return noWebhook();
      const { fact, row } = change(context);
      return { facts: [fact.of({ webhook: id, namespace })], answer: { webhook: id }, side: { webhooks: [row] } };
    },
  };
}
