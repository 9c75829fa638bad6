import { childrenResolver } from "../../graphql/connection.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import { keyResolver } from "../catalog/index.ts";
import { type TriggerParts, triggerMutations } from "./graphql/trigger-mutations.ts";
import { TriggerFiringResolver, TriggerQueries } from "./graphql/triggers.resolver.ts";
import { triggerFacts } from "./trigger.facts.ts";
import { Trigger } from "./trigger.node.ts";
import { TriggerFiring } from "./trigger-firing.node.ts";

export { CronClock } from "./cron-clock.ts";
export { takeGitHook } from "./git-hook.ts";
export { TriggerWork } from "./trigger-work.ts";
export { triggerFacts };

export const triggerNodes = [Trigger, TriggerFiring];

export function triggerResolvers(parts: TriggerParts & { readonly mutations: Mutations }): object[] {
  return [
    new TriggerQueries(parts.reader),
    new TriggerFiringResolver(),
    keyResolver(Trigger),
    childrenResolver(parts.reader, Trigger, TriggerFiring, "firings"),
    mutationResolver("TriggerMutations", parts.mutations, triggerMutations(parts)),
  ];
}
