import { Name, Namespace, TriggerState } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { JsonObject } from "../../core/json-object.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { assetId } from "../catalog/index.ts";
import type { TriggerNode } from "./fire-trigger.ts";
import { triggerChanged, triggerCreated, triggerStateChanged } from "./trigger.facts.ts";
import { Trigger } from "./trigger.node.ts";
import type { TriggerDefinition } from "./trigger-definition.ts";

export const TriggerRef = z.string().min(1).max(400).describe("The trigger's id or key, namespace/name.");
const Definition = JsonObject.describe("on, do, concurrency and limit: docs/recipes/close-the-loop.md.");

export const CreateTrigger = z
  .strictObject({ namespace: Namespace, name: Name, definition: Definition, state: TriggerState.default("ENABLED") })
  .meta({ id: "CreateTrigger" });
export const ChangeTrigger = z
  .strictObject({ trigger: TriggerRef, definition: Definition })
  .meta({ id: "ChangeTrigger" });
export const SetTriggerState = z
  .strictObject({ trigger: TriggerRef, state: TriggerState })
  .meta({ id: "SetTriggerState" });

/** A definition as it was checked, for whom. */
export interface Checked {
  readonly definition: TriggerDefinition;
  readonly grants: TriggerNode["grants"];
  /** The dataset, model or thing that it listens to. */
  readonly source: string | null;
}

/** Makes a trigger, which fires from now on. */
export function createTrigger({ namespace, name, state }: z.infer<typeof CreateTrigger>, checked: Checked) {
  const id = assetId("Trigger", { namespace, name });
  return {
    heads: [id],
    decide: (heads: Heads, { at, by }: FactContext): Decision<{ trigger: string }> => {
      if (heads.has(id)) return refuse("STATE_CONFLICT", ["name"], `${namespace}/${name} is a trigger already`);
      const empty = { open: [], queue: [], causes: [], cronAt: null };
      const times = { enabledAt: at, createdAt: at };
      const trigger = { id, namespace, name, state, ...fieldsOf(checked), author: by, ...empty, ...times };
      return { facts: [triggerCreated.of(trigger)], answer: { trigger: id } };
    },
  };
}

/** Gives it another definition; who does answers for it from now on. */
export function changeTrigger(id: string, checked: Checked) {
  return {
    heads: [id],
    decide: (_: Heads, { at, by }: FactContext): Decision<{ trigger: string }> => {
      const set = { trigger: id, ...fieldsOf(checked), author: by, causes: [], enabledAt: at };
      return { facts: [triggerChanged.of(set)], answer: { trigger: id } };
    },
  };
}

/** What is under way goes on; what was missed while it was disabled is not made up for. */
export function setTriggerState(id: string, state: z.infer<typeof TriggerState>) {
  return {
    heads: [id],
    decide: (heads: Heads, { at }: FactContext): Decision<{ trigger: string }> => {
      const before = heads.get(Trigger, id)!;
      const enabledAt = before.state === state ? before.enabledAt : at;
      const facts = [triggerStateChanged.of({ trigger: id, state, enabledAt })];
      return { facts: before.state === state ? [] : facts, answer: { trigger: id } };
    },
  };
}

function fieldsOf({ definition, grants, source }: Checked) {
  return { definition: definition as never, grants, source };
}
