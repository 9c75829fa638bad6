import { z } from "zod";
import { type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { inNamespace } from "../../../graphql/mutations.ts";
import { can, canSomewhere, type Principal } from "../../../graphql/principal.ts";
import type { LedgerStore } from "../../../ports/ledger-store.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import type { WebhookRow, Webhooks } from "../../../ports/webhooks.ts";
import { findOne } from "../../catalog/index.ts";
import { DeleteWebhook, deleteWebhook, EnableWebhook, enableWebhook, noWebhook } from "../change-webhook.ts";
import { CreateWebhook, createWebhook, webhookFault } from "../create-webhook.ts";
import type { WebhookSecrets } from "../secrets.ts";

export interface WebhookParts {
  readonly store: LedgerStore;
  readonly webhooks: Webhooks;
  readonly secrets: WebhookSecrets;
  readonly knownTypes: readonly string[];
  readonly allowPrivate: boolean;
  readonly sendsMail: boolean;
  readonly reader: NodeReader;
}

export function webhookMutations(parts: WebhookParts): MutationDefinition[] {
  const { store, webhooks, secrets } = parts;
  /** An administrator of another namespace hears of it no more than of one that is not there. */
  const change =
    <Changed>(use: (row: WebhookRow) => Changed) =>
    async (input: { webhook: string }, principal: Principal) => {
      const row = await webhooks.find(input.webhook);
      return row && can(principal, "ADMIN", row.namespace) ? use(row) : noWebhook();
    };
  const isAdmin = (principal: Principal) => canSomewhere(principal, "ADMIN");
  return [
    mutation({
      name: "createWebhook",
      description:
        "Tells an endpoint, a Slack channel or somebody by mail of ledger entries as they come: see docs/recipes/webhooks-and-feeds.md. The secret that verifies the signatures is shown in this answer and never again; a repeated key answers without it. For administrators of the namespace.",
      input: CreateWebhook,
      things: {},
      extra: { webhook: z.string(), secret: z.string().nullable() },
      allow: inNamespace("ADMIN"),
      prepare: async (input, principal) => {
        const about = await lookUpAbout(parts.reader, principal, input.about);
        if (about !== null && "errors" in about) return about;
        const [existing, { seq: newest }] = await Promise.all([webhooks.all(), store.head()]);
        const found = { ...parts, existing: existing.length, newest, about: about?.id ?? null };
        const useCase = createWebhook(input, found, secrets);
        const tell = ({ webhook }: { webhook: string }) => ({
          secret: webhook === useCase.webhook ? useCase.secret : null,
        });
        return webhookFault(input, found) ?? { ...useCase, tell };
      },
      shape: ({ webhook }: { webhook: string }) => ({ webhook }),
    }),
    mutation({
      name: "enableWebhook",
      description: "Takes up a webhook again that was given up or waits: at once, and from where it stood.",
      input: EnableWebhook,
      things: {},
      extra: { webhook: z.string() },
      allow: isAdmin,
      prepare: change(enableWebhook),
      shape: (answer: { webhook: string }) => answer,
    }),
    mutation({
      name: "deleteWebhook",
      description: "Ends a webhook for ever. A delivery that is under way may still arrive.",
      input: DeleteWebhook,
      things: {},
      extra: { webhook: z.string() },
      allow: isAdmin,
      prepare: change(deleteWebhook),
      shape: (answer: { webhook: string }) => answer,
    }),
  ];
}

async function lookUpAbout(reader: NodeReader, principal: Principal, text: string | null) {
  return text === null ? null : findOne(reader, principal, text, { field: "about", unknown: `there is no ${text}` });
}
