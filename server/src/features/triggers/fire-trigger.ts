import { contentId, digestOf } from "@clew/schema";
import type { FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import type { Command, Decision, Heads } from "../../ledger/command.ts";
import { SYSTEM_AGENT } from "../access/index.ts";
import { triggerFired } from "./trigger.facts.ts";
import { CAUSES_MAX, type CauseCount, QUEUE_MAX, Trigger } from "./trigger.node.ts";
import { TriggerDefinition } from "./trigger-definition.ts";
import { TriggerFiring } from "./trigger-firing.node.ts";

export type TriggerNode = NodeOf<typeof Trigger>;
export type FiringNode = NodeOf<typeof TriggerFiring>;

/** Something that a trigger is for. */
export interface Occasion {
  /** Tells it apart from every other: the same again is the same firing, on whichever server and after whatever crash. */
  readonly text: string;
  /** What a limit counts by. */
  readonly cause: string;
  readonly message: string;
  /** What a decision that settles it would be about. */
  readonly about: string | null;
  readonly alert: string | null;
  readonly causedBy: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** Of a schedule: the time that was due, in milliseconds since 1970. */
  readonly cronAt?: number;
  /** Why it is not for this trigger after all. */
  readonly skip?: string | null;
  /** A person asks for it: also of a trigger that is disabled. */
  readonly byHand?: true;
}

export const firingId = (trigger: string, occasion: string) => contentId("TriggerFiring", trigger, occasion);

/** Records that a trigger fires, and what comes of it: once for each occasion. Whoever follows the ledger does the rest. */
export function fireTrigger(trigger: string, occasion: Occasion) {
  const id = firingId(trigger, occasion.text);
  return {
    heads: [trigger, id, ...occasion.causedBy],
    decide: (heads: Heads, context: FactContext): Decision<{ firing: string }> => {
      const now = heads.get(Trigger, trigger)!;
      const isOver = now.state === "DISABLED" && !occasion.byHand;
      const facts = isOver || heads.has(id) ? [] : [fired(id, now, occasion, context)];
      return { facts, answer: { firing: id } };
    },
  };
}

/** The same as the server's own act. */
export function fireCommand(trigger: string, occasion: Occasion): Command<{ firing: string }> {
  return {
    principal: SYSTEM_AGENT,
    mutation: "fireTrigger",
    idempotencyKey: firingId(trigger, occasion.text),
    inputDigest: digestOf({ trigger, occasion: occasion.text }),
    ...fireTrigger(trigger, occasion),
  };
}

type Outcome = Pick<FiringNode, "state" | "replaces"> & { readonly plan: FiringNode["plan"]; readonly why: string };

function fired(id: string, trigger: TriggerNode, occasion: Occasion, { at }: FactContext) {
  const definition = TriggerDefinition.parse(trigger.definition);
  const before = trigger.causes.find(({ cause }) => cause === occasion.cause);
  const { why, ...outcome } = outcomeOf(trigger, definition, before, occasion);
  const { queue } = trigger;
  // What is replaced is cancelled before this one reacts.
  const open = trigger.open.filter((one) => !outcome.replaces.includes(one));
  const isDone = outcome.state === "SKIPPED" || (outcome.state === "EXHAUSTED" && outcome.plan.length === 0);
  return triggerFired.of({
    firing: {
      id,
      namespace: trigger.namespace,
      name: trigger.name,
      ...outcome,
      cause: occasion.cause,
      occasion: occasion.text,
      message: (why === "" ? occasion.message : `${occasion.message}: ${why}`).slice(0, 1000),
      values: occasion.values,
      reactions: [],
      onBehalfOf: trigger.author,
      firedAt: at,
      reactedAt: isDone ? at : null,
      endedAt: isDone ? at : null,
      trigger: trigger.id,
      causedBy: occasion.causedBy.map((cause) => ({ id: cause })),
    },
    open: outcome.state === "FIRED" ? [...open, id] : open,
    queue: outcome.state === "QUEUED" ? [...queue, id] : queue,
    causes: counted(trigger.causes, before, outcome, occasion),
    cronAt: occasion.cronAt ?? trigger.cronAt,
  });
}

function outcomeOf(
  { open, queue }: TriggerNode,
  { do: reactions, concurrency, limit }: TriggerDefinition,
  before: CauseCount | undefined,
  { skip }: Occasion,
): Outcome {
  const plan = reactions as unknown as FiringNode["plan"];
  const skipped = (why: string): Outcome => ({ state: "SKIPPED", plan: [], replaces: [], why });
  if (skip) return skipped(skip);
  // Before the limit: whether the last of its firings helps is not known yet.
  if (open.length > 0 && concurrency === "FORBID") return skipped("what it started before is still under way");
  if (limit && (before?.firings ?? 0) >= limit.firings) {
    const why = `it has fired ${limit.firings} times for this cause, and nobody has settled it`;
    const last = before?.isExhausted ? [] : (limit.whenExhausted as unknown as FiringNode["plan"]);
    return { state: "EXHAUSTED", plan: last, replaces: [], why };
  }
  if (open.length === 0 || concurrency === "ALLOW") return openOrFull(open, plan, skipped);
  if (concurrency === "REPLACE")
    return { state: "FIRED", plan, replaces: open, why: "what was under way is cancelled" };
  if (queue.length >= QUEUE_MAX) return skipped(`${QUEUE_MAX} firings wait already`);
  return { state: "QUEUED", plan, replaces: [], why: "" };
}

const OPEN_AT_ONCE = 100;

function openOrFull(open: readonly string[], plan: Outcome["plan"], skipped: (why: string) => Outcome): Outcome {
  if (open.length >= OPEN_AT_ONCE) return skipped(`${OPEN_AT_ONCE} firings are under way`);
  return { state: "FIRED", plan, replaces: [], why: "" };
}

function counted(
  causes: readonly CauseCount[],
  before: CauseCount | undefined,
  { state }: Pick<Outcome, "state">,
  { cause, about, alert }: Occasion,
): CauseCount[] {
  if (state === "SKIPPED") return [...causes];
  const others = causes.filter((one) => one !== before);
  const isExhausted = state === "EXHAUSTED";
  const firings = (before?.firings ?? 0) + (isExhausted ? 0 : 1);
  return forgotten([...others, { cause, firings, isExhausted, about, alert, ask: before?.ask ?? null }]);
}

function forgotten(causes: readonly CauseCount[]): CauseCount[] {
  if (causes.length <= CAUSES_MAX) return [...causes];
  const oldest = Math.max(
    0,
    causes.findIndex(({ isExhausted }) => !isExhausted),
  );
  return causes.toSpliced(oldest, 1);
}
