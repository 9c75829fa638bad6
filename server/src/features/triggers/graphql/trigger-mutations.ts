import { z } from "zod";
import { nodeOf } from "../../../core/define-node.ts";
import type { NodeState } from "../../../core/graph-change.ts";
import { mutation, type MutationDefinition } from "../../../graphql/mutation-resolver.ts";
import { inNamespace, toUserError } from "../../../graphql/mutations.ts";
import { can, type Principal } from "../../../graphql/principal.ts";
import { requireContributor } from "../../../graphql/require-contributor.ts";
import { refuse, type UserError } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import type { Webhooks } from "../../../ports/webhooks.ts";
import { assetId, findOne } from "../../catalog/index.ts";
import type { WebhookSecrets } from "../../webhooks/index.ts";
import {
  ChangeTrigger,
  changeTrigger,
  type Checked,
  CreateTrigger,
  createTrigger,
  SetTriggerState,
  setTriggerState,
  TriggerRef,
} from "../create-trigger.ts";
import { fireTrigger, type TriggerNode } from "../fire-trigger.ts";
import { requireNeeds } from "../needs.ts";
import { Trigger } from "../trigger.node.ts";
import { type Reaction, TriggerDefinition } from "../trigger-definition.ts";
import { TriggerFiring } from "../trigger-firing.node.ts";

type Refused = { readonly errors: readonly UserError[] };

export interface TriggerParts {
  readonly reader: NodeReader;
  readonly webhooks: Webhooks;
  readonly secrets: WebhookSecrets;
}

const FireTrigger = z
  .strictObject({
    trigger: TriggerRef,
    message: z.string().min(1).max(500).nullable().default(null).describe("Why, for whoever reads it later."),
  })
  .meta({ id: "FireTrigger" });

export function triggerMutations(parts: TriggerParts): MutationDefinition[] {
  const { reader, secrets } = parts;
  const things = { trigger: Trigger };
  return [
    mutation({
      name: "createTrigger",
      description:
        "Makes a trigger: what is done when something happens, see docs/recipes/close-the-loop.md. Needs the roles that its reactions need. Of a trigger on git the secret is shown in this answer and never again.",
      input: CreateTrigger,
      things,
      extra: { secret: z.string().nullable() },
      allow: inNamespace("CONTRIBUTOR"),
      prepare: async (input, principal) => {
        const checked = await check(parts, principal, input);
        if ("errors" in checked) return checked;
        const secret = checked.definition.on.git ? secrets.of(assetId("Trigger", input)) : null;
        return { ...createTrigger(input, checked), tell: () => ({ secret }) };
      },
    }),
    mutation({
      name: "changeTrigger",
      description:
        "Gives a trigger another definition. Whoever does needs the roles of its reactions, and answers for it.",
      input: ChangeTrigger,
      things,
      allow: () => true,
      prepare: async (input, principal) => {
        const trigger = await writable(reader, principal, input.trigger);
        if ("errors" in trigger) return trigger;
        const checked = await check(parts, principal, { ...input, namespace: trigger.namespace });
        return "errors" in checked ? checked : changeTrigger(trigger.id, checked);
      },
    }),
    mutation({
      name: "setTriggerState",
      description: "Enables or disables a trigger.",
      input: SetTriggerState,
      things,
      allow: () => true,
      prepare: async (input, principal) => {
        const trigger = await writable(reader, principal, input.trigger);
        if ("errors" in trigger) return trigger;
        // It would do again what its author could.
        if (input.state === "ENABLED") await requireOf(reader, principal, trigger);
        return setTriggerState(trigger.id, input.state);
      },
    }),
    mutation({
      name: "fireTrigger",
      description: "Fires a trigger by hand, a disabled one too. For who may do what it does.",
      input: FireTrigger,
      things: { ...things, firing: TriggerFiring },
      allow: () => true,
      prepare: async (input, principal) => {
        const trigger = await writable(reader, principal, input.trigger);
        if ("errors" in trigger) return trigger;
        const definition = TriggerDefinition.parse(trigger.definition);
        await requireOf(reader, principal, trigger);
        if (JSON.stringify(definition.do).includes('"$version"'))
          return refuse("INVALID_INPUT", ["trigger"], "its reactions need a version, which there is none of by hand");
        const useCase = fireTrigger(trigger.id, byHand(input.message));
        return { ...useCase, decide: (...given) => withTrigger(useCase.decide(...given), trigger.id) };
      },
    }),
  ];
}

function byHand(message: string | null) {
  return {
    text: `hand ${crypto.randomUUID()}`,
    cause: "hand",
    message: message ?? "fired by hand",
    about: null,
    alert: null,
    causedBy: [],
    values: {},
    byHand: true as const,
  };
}

function withTrigger<Answered extends { answer: { firing: string } } | Refused>(decision: Answered, trigger: string) {
  return "errors" in decision ? decision : { ...decision, answer: { ...decision.answer, trigger } };
}

/** A definition as it holds, with what it needs; or what is wrong with it. @throws FORBIDDEN */
async function check(
  parts: TriggerParts,
  principal: Principal,
  { namespace, definition: given }: { namespace: string; definition: unknown },
): Promise<Checked | Refused> {
  const parsed = TriggerDefinition.safeParse(given);
  if (!parsed.success)
    return {
      errors: parsed.error.issues.map((issue) => {
        const fault = toUserError(issue);
        return { ...fault, path: ["definition", ...fault.path] };
      }),
    };
  const { data: definition } = parsed;
  const size = JSON.stringify(definition).length;
  if (size > DEFINITION_MAX)
    return refuse(
      "INVALID_INPUT",
      ["definition"],
      `it has ${size} characters as JSON, at most ${DEFINITION_MAX} are allowed`,
    );
  const source = await sourceOf(parts.reader, principal, definition);
  if (source !== null && "errors" in source) return source;
  const grants = requireNeeds(principal, { namespace, listensIn: namespaceOf(source) }, definition);
  const unknown = await unknownWebhook(parts.webhooks, principal, definition);
  if (unknown !== null) return refuse("UNKNOWN_NODE", ["definition", "do"], `there is no webhook ${unknown}`);
  return { definition, grants, source: source?.id ?? null };
}

/** Each firing states what it is to do, beside what is counted: all of it must fit into an entry. */
const DEFINITION_MAX = 16_384;

/** The dataset, model or thing that a trigger listens to; null where it listens to none. */
async function sourceOf(reader: NodeReader, principal: Principal, { on }: TriggerDefinition) {
  const named = on.version?.of ?? on.alert?.about ?? null;
  if (named === null) return null;
  const types = on.version ? ["Dataset", "Model"] : undefined;
  return findOne(reader, principal, named, {
    field: "definition",
    unknown: `there is no ${named}`,
    ...(types ? { types } : {}),
  });
}

function namespaceOf(source: NodeState | undefined | null): string | null {
  const namespace = source?.attributes["namespace"];
  return typeof namespace === "string" ? namespace : null;
}

/** What somebody needs who has a trigger do what it does. @throws FORBIDDEN */
async function requireOf(reader: NodeReader, principal: Principal, { namespace, source, definition }: TriggerNode) {
  const [listensTo] = await reader.byIds(source === null ? [] : [source]);
  const place = { namespace, listensIn: namespaceOf(listensTo) };
  requireNeeds(principal, place, TriggerDefinition.parse(definition));
}

/** The first webhook that is to be told and that the caller does not administer. */
async function unknownWebhook(webhooks: Webhooks, principal: Principal, { do: reactions, limit }: TriggerDefinition) {
  const all = [...reactions, ...((limit?.whenExhausted ?? []) as Reaction[])];
  for (const id of all.flatMap(({ notify }) => notify?.webhooks ?? [])) {
    const row = await webhooks.find(id);
    if (row === null || row.endedAt !== null || !can(principal, "ADMIN", row.namespace)) return id;
  }
  return null;
}

async function writable(reader: NodeReader, principal: Principal, text: string): Promise<TriggerNode | Refused> {
  const found = await findOne(reader, principal, text, {
    field: "trigger",
    types: [Trigger.name],
    unknown: `there is no trigger ${text}`,
  });
  if ("errors" in found) return found;
  const trigger = nodeOf(Trigger, found);
  requireContributor(principal, trigger.namespace, `to change ${text}`);
  return trigger;
}
