import { timeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import type { WebhookRow } from "../../ports/webhooks.ts";
import { refusedHost } from "./public-address.ts";
import { hashSecret, type WebhookSecrets } from "./secrets.ts";
import { EntryTypes, webhookCreated, WebhookNamespace } from "./webhook.facts.ts";

/** Each has one request under way at most, so this bounds those of the server. */
export const WEBHOOKS_MAX = 100;

export const CreateWebhook = z
  .strictObject({
    namespace: WebhookNamespace.describe("Whose entries: a namespace, or * for every entry."),
    url: z
      .url({ protocol: /^https?$/, error: "must be an http or https URL" })
      .max(2000)
      .describe("Where to POST. It stands in the ledger: no secret in it."),
    types: EntryTypes.nullable().default(null).describe("Entry types; null is every type."),
    after: z
      .number()
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe("Begin behind this entry; null is with what comes from now on."),
  })
  .meta({ id: "CreateWebhook" });
type CreateWebhook = z.infer<typeof CreateWebhook>;

export interface WebhookLookups {
  readonly existing: number;
  /** The ledger's newest entry. */
  readonly newest: number;
  readonly knownTypes: readonly string[];
  readonly allowPrivate: boolean;
}

/** What can be refused before the ledger's lock. */
export function webhookFault(input: CreateWebhook, found: WebhookLookups): { errors: UserError[] } | null {
  const { hostname, username, password } = new URL(input.url);
  const unknown = (input.types ?? []).findIndex((type) => !found.knownTypes.includes(type));
  const why = found.allowPrivate ? null : refusedHost(hostname);
  if (username || password) return refuse("INVALID_INPUT", ["url"], "must hold no user name and no password");
  if (why !== null) return refuse("INVALID_INPUT", ["url"], why);
  if (unknown >= 0) return refuse("INVALID_INPUT", ["types", String(unknown)], "no entry has this type");
  if ((input.after ?? 0) > found.newest)
    return refuse("INVALID_INPUT", ["after"], `the newest entry is ${found.newest}`);
  if (found.existing >= WEBHOOKS_MAX)
    return refuse("TOO_MANY_WEBHOOKS", [], `there are ${WEBHOOKS_MAX} webhooks; delete one first`);
  return null;
}

const UNTRIED = { failures: 0, nextAttemptAt: 0, lastError: null, deliveredAt: null, disabledReason: null };

export function createWebhook(input: CreateWebhook, { newest }: WebhookLookups, secrets: WebhookSecrets) {
  const id = timeId("Webhook");
  const secret = secrets.of(id);
  const { namespace, url, types } = input;
  return {
    webhook: id,
    secret,
    heads: [],
    decide: (_: Heads, { at, by }: FactContext): Decision<{ webhook: string }> => {
      const row: WebhookRow = {
        ...UNTRIED,
        id,
        namespace,
        url,
        types: types && JSON.stringify(types),
        secretHash: hashSecret(secret),
        createdBy: by,
        createdAt: at,
        position: input.after ?? newest,
        endedAt: null,
      };
      return {
        facts: [webhookCreated.of({ webhook: id, namespace, url, types })],
        answer: { webhook: id },
        side: { webhooks: [row] },
      };
    },
  };
}
