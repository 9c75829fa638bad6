import { clean } from "../terminal/text.ts";

/** Who a thing is attributed to, by name where it may be seen; null where it is not known. */
export function agentName(agent: { readonly id: string; readonly name?: string } | null): string | null {
  return agent === null ? null : clean(agent.name ?? agent.id);
}
