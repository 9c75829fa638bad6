import { AlertSeverity, timeId, WebhookFormat } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import type { WebhookRow } from "../../ports/webhooks.ts";
import { NO_MAIL } from "./channels.ts";
import { refusedHost } from "./public-address.ts";
import { hashSecret, type WebhookSecrets } from "./secrets.ts";
import { EntryTypes, webhookCreated, WebhookNamespace } from "./webhook.facts.ts";

/** Each has one request under way at most, so this bounds those of the server. */
export const WEBHOOKS_MAX = 100;

export const CreateWebhook = z
  .strictObject({
    namespace: WebhookNamespace.describe("Whose entries: a namespace, or * for every entry."),
    url: z
      .url({ protocol: /^(https?|mailto)$/, error: "must be an http, https or mailto URL" })
      .max(2000)
      .describe(
        "Where to POST, or mailto: and one address. In the format JSON it stands in the ledger: no secret in it then.",
      ),
    format: WebhookFormat.default("JSON").describe(
      "JSON announces entries to a program; SLACK and EMAIL tell people of them in words.",
    ),
    types: EntryTypes.nullable()
      .default(null)
      .describe("Entry types; null is every type, for people: alerts, decisions, deployments and failed runs."),
    severity: AlertSeverity.nullable().default(null).describe("Of alerts only those that are so severe at least."),
    about: z
      .string()
      .min(1)
      .max(400)
      .nullable()
      .default(null)
      .describe("Of alerts only those about this thing, or a version or revision of it: its id or key."),
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
  readonly sendsMail: boolean;
  /** The node that `about` names. */
  readonly about: string | null;
}

/** What can be refused before the ledger's lock. */
export function webhookFault(input: CreateWebhook, found: WebhookLookups): { errors: UserError[] } | null {
  const { hostname, username, password } = new URL(input.url);
  const misplaced = formatFault(input, found);
  if (misplaced !== null) return misplaced;
  const unknown = (input.types ?? []).findIndex((type) => !found.knownTypes.includes(type));
  const why = found.allowPrivate || input.format === "EMAIL" ? null : refusedHost(hostname);
  if (username || password) return refuse("INVALID_INPUT", ["url"], "must hold no user name and no password");
  if (why !== null) return refuse("INVALID_INPUT", ["url"], why);
  if (unknown >= 0) return refuse("INVALID_INPUT", ["types", String(unknown)], "no entry has this type");
  if ((input.after ?? 0) > found.newest)
    return refuse("INVALID_INPUT", ["after"], `the newest entry is ${found.newest}`);
  if (found.existing >= WEBHOOKS_MAX)
    return refuse("TOO_MANY_WEBHOOKS", [], `there are ${WEBHOOKS_MAX} webhooks; delete one first`);
  return null;
}

/** What does not fit the format. */
function formatFault({ url, format }: CreateWebhook, { sendsMail }: WebhookLookups) {
  const isMail = url.startsWith("mailto:");
  if (isMail !== (format === "EMAIL"))
    return refuse(
      "INVALID_INPUT",
      ["format"],
      isMail ? "a mailto URL wants the format EMAIL" : "EMAIL wants a mailto URL",
    );
  if (!isMail) return null;
  if (!z.email().safeParse(addressIn(url)).success)
    return refuse("INVALID_INPUT", ["url"], "must be mailto: and one address, and no more");
  return sendsMail ? null : refuse("INVALID_INPUT", ["format"], NO_MAIL);
}

function addressIn(url: string): string {
  return url.startsWith("mailto:") ? url.slice("mailto:".length) : url;
}

/** What may be shown of where a webhook leads: Slack's URLs are secrets, and an address names a person. */
function shownUrl(url: string, format: WebhookFormat): string {
  if (format === "JSON") return url;
  return format === "EMAIL" ? `mailto:…${url.slice(url.lastIndexOf("@"))}` : `${new URL(url).origin}/…`;
}

const UNTRIED = { failures: 0, nextAttemptAt: 0, lastError: null, deliveredAt: null, disabledReason: null };

export function createWebhook(input: CreateWebhook, { newest, about }: WebhookLookups, secrets: WebhookSecrets) {
  const id = timeId("Webhook");
  const secret = secrets.of(id);
  const { namespace, types, format, severity } = input;
  const told = { namespace, url: shownUrl(input.url, format), format, severity, about };
  return {
    webhook: id,
    secret,
    heads: [],
    decide: (_: Heads, { at, by }: FactContext): Decision<{ webhook: string }> => {
      const row: WebhookRow = {
        ...UNTRIED,
        ...told,
        id,
        address: format === "JSON" ? null : secrets.seal(id, addressIn(input.url)),
        types: types && JSON.stringify(types),
        secretHash: hashSecret(secret),
        createdBy: by,
        createdAt: at,
        position: input.after ?? newest,
        endedAt: null,
      };
      return {
        facts: [webhookCreated.of({ ...told, webhook: id, types })],
        answer: { webhook: id },
        side: { webhooks: [row] },
      };
    },
  };
}
