import { NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { patch, place } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { Trigger } from "./trigger.node.ts";
import { TriggerFiring } from "./trigger-firing.node.ts";

const { state, definition, author, grants, source, open, queue, causes, cronAt, enabledAt } = Trigger.fields;
const { reactions } = TriggerFiring.fields;

export const triggerCreated = defineFact({
  type: "trigger.created",
  v: 1,
  payload: Trigger.schema,
  project: (trigger, context) => place(Trigger, trigger, context),
});

/** Another definition, by whoever answers for it from now on. What was counted is forgotten. */
export const triggerChanged = defineFact({
  type: "trigger.changed",
  v: 1,
  payload: z.strictObject({ trigger: NodeId, definition, author, grants, source, causes, enabledAt }),
  project: ({ trigger, ...set }) => [patch(Trigger, trigger, set)],
});

export const triggerStateChanged = defineFact({
  type: "trigger.state-changed",
  v: 1,
  payload: z.strictObject({ trigger: NodeId, state, enabledAt }),
  project: ({ trigger, ...set }) => [patch(Trigger, trigger, set)],
});

/** Something happened that the trigger is for; the firing's state says what comes of it. */
export const triggerFired = defineFact({
  type: "trigger.fired",
  v: 1,
  payload: z.strictObject({ firing: TriggerFiring.schema, open, queue, causes, cronAt }),
  project: ({ firing, ...set }) => [...place(TriggerFiring, firing), patch(Trigger, firing.trigger, set)],
});

/** What was queued is done now. */
export const triggerDequeued = defineFact({
  type: "trigger.dequeued",
  v: 1,
  payload: z.strictObject({ firing: NodeId, trigger: NodeId, open, queue }),
  project: ({ firing, trigger, ...set }) => [
    patch(TriggerFiring, firing, { state: "FIRED" }),
    patch(Trigger, trigger, set),
  ],
});

/** The reactions are done; runs that they started may go on. */
export const triggerReacted = defineFact({
  type: "trigger.reacted",
  v: 1,
  payload: z.strictObject({
    firing: NodeId,
    trigger: NodeId,
    state: TriggerFiring.fields.state,
    reactions,
    reactedAt: Time,
    endedAt: Time.nullable(),
    open,
    causes,
  }),
  project: ({ firing, trigger, open: left, causes: counted, ...set }) => [
    patch(TriggerFiring, firing, set),
    patch(Trigger, trigger, { open: left, causes: counted }),
  ],
});

/** All runs that a firing led to have ended. */
export const triggerClosed = defineFact({
  type: "trigger.closed",
  v: 1,
  payload: z.strictObject({ firing: NodeId, trigger: NodeId, open, endedAt: Time }),
  project: ({ firing, trigger, open: left, endedAt }) => [
    patch(TriggerFiring, firing, { endedAt }),
    patch(Trigger, trigger, { open: left }),
  ],
});

/** Somebody has settled a cause: it may fire again. `because` is the decision, or the alert that was resolved. */
export const triggerSettled = defineFact({
  type: "trigger.settled",
  v: 1,
  payload: z.strictObject({ trigger: NodeId, causes, because: NodeId }),
  project: ({ trigger, causes: left }) => [patch(Trigger, trigger, { causes: left })],
});

export const triggerFacts = [
  triggerCreated,
  triggerChanged,
  triggerStateChanged,
  triggerFired,
  triggerDequeued,
  triggerReacted,
  triggerClosed,
  triggerSettled,
];
