import { parseKey, type Role } from "@clew/schema";
import { clientError } from "../../graphql/errors.ts";
import { can, type Principal } from "../../graphql/principal.ts";
import { SYSTEM_AGENT } from "../access/index.ts";
import type { Trigger } from "./trigger.node.ts";
import type { NodeOf } from "../../core/define-node.ts";
import type { Reaction, TriggerDefinition } from "./trigger-definition.ts";

type Grants = NodeOf<typeof Trigger>["grants"];

/** Where a trigger stands, and where that is what it listens to: null where it has no such thing. */
export interface TriggerPlace {
  readonly namespace: string;
  readonly listensIn: string | null;
}

interface Need {
  readonly namespace: string;
  readonly role: Role;
}

/** The roles that a trigger's reactions need. Where somebody has them all, they are what the trigger may do. @throws FORBIDDEN */
export function requireNeeds(principal: Principal, place: TriggerPlace, definition: TriggerDefinition): Grants {
  const needs = needsOf(place, definition);
  const missing = needs.find((need) => !can(principal, need.role, need.namespace));
  if (missing !== undefined)
    throw clientError(
      "FORBIDDEN",
      `a trigger that does this needs the role ${missing.role} in ${missing.namespace}, which your token does not have`,
    );
  const byNamespace = Map.groupBy(needs, (need) => need.namespace);
  return [...byNamespace].map(([where, some]) => ({
    namespace: where,
    roles: [...new Set(some.map(({ role }) => role))],
  }));
}

/** As whom a trigger acts: the server's own agent, with the roles that its author had and no others. */
export function actingAs({ grants }: NodeOf<typeof Trigger>): Principal {
  const byNamespace = Object.fromEntries(grants.map(({ namespace, roles }) => [namespace, roles]));
  return { agentId: SYSTEM_AGENT, grants: byNamespace, attempt: null };
}

function needsOf({ namespace, listensIn }: TriggerPlace, { do: reactions, limit }: TriggerDefinition): Need[] {
  const last = (limit?.whenExhausted ?? []) as Reaction[];
  return [
    { namespace, role: "CONTRIBUTOR" },
    ...(listensIn === null ? [] : [{ namespace: listensIn, role: "VIEWER" as const }]),
    ...[...reactions, ...last].flatMap((reaction) => reactionNeeds(reaction, listensIn)),
  ];
}

function reactionNeeds({ pipeline, run, rollBack, ask }: Reaction, listensIn: string | null): Need[] {
  const read = (inputs: Readonly<Record<string, string>>) =>
    Object.values(inputs).flatMap((input) => (input.startsWith("$") ? [] : [needIn(input, "VIEWER")]));
  const write = (keys: readonly string[]) => keys.map((key) => needIn(key, "CONTRIBUTOR"));
  if (pipeline) return [...write([pipeline.start]), ...read(pipeline.inputs)];
  if (rollBack) return [needIn(rollBack.endpoint, "APPROVER")];
  // What it asks about is what the alert or the version is about.
  if (ask?.about === null) return listensIn === null ? [] : [{ namespace: listensIn, role: "CONTRIBUTOR" }];
  if (ask) return write([ask.about]);
  if (!run) return [];
  const { namespace, inputs, outputs, endpoint } = run;
  const own: Need = { namespace, role: "CONTRIBUTOR" };
  return [own, ...write([...Object.values(outputs), ...(endpoint === null ? [] : [endpoint])]), ...read(inputs)];
}

function needIn(key: string, role: Role): Need {
  return { namespace: parseKey(key)!.namespace, role };
}
