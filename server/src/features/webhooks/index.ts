import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import { type WebhookParts, webhookMutations } from "./graphql/webhook-mutations.ts";
import { WebhookQueries } from "./graphql/webhooks.resolver.ts";

export { WebhookDeliveries } from "./deliveries.ts";
export { WebhookSecrets } from "./secrets.ts";
export { noticeGiven } from "./notice.fact.ts";
export { webhookFacts } from "./webhook.facts.ts";

export function webhookResolvers(parts: WebhookParts & { readonly mutations: Mutations }): object[] {
  return [
    new WebhookQueries(parts.webhooks),
    mutationResolver("WebhookMutations", parts.mutations, webhookMutations(parts)),
  ];
}
