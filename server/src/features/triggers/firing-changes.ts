import { FINAL_RUN_STATES } from "@clew/schema";
import type { FactContext } from "../../core/define-fact.ts";
import type { Decision, Heads } from "../../ledger/command.ts";
import { Alert } from "../alerts/index.ts";
import { Run } from "../runs/index.ts";
import type { FiringNode, TriggerNode } from "./fire-trigger.ts";
import { triggerClosed, triggerDequeued, triggerReacted, triggerSettled } from "./trigger.facts.ts";
import { type CauseCount, type Reacted, Trigger } from "./trigger.node.ts";
import { TriggerFiring } from "./trigger-firing.node.ts";

type Answer = Record<string, never>;
const NOTHING = { facts: [], answer: {} } as const;

/** The runs that a firing led to. */
export function runsOf({ reactions }: Pick<FiringNode, "reactions">): string[] {
  return reactions.flatMap(({ led }) => (led?.startsWith(`${Run.name}:`) ? [led] : []));
}

/** Keeps what the reactions of a firing came to. Runs that have not ended keep it open. */
export function finishReactions({ id, trigger }: FiringNode, reactions: readonly Reacted[]) {
  const runs = runsOf({ reactions: [...reactions] });
  return {
    heads: [id, trigger, ...runs],
    decide: (heads: Heads, { at }: FactContext): Decision<Answer> => {
      const firing = heads.get(TriggerFiring, id)!;
      if (firing.reactedAt !== null) return NOTHING;
      const { open, causes } = heads.get(Trigger, trigger)!;
      const isOver = runs.every((run) => hasEnded(heads, run));
      const isFailed = reactions.some(({ error }) => error !== null);
      const fact = triggerReacted.of({
        firing: id,
        trigger,
        state: isFailed ? "FAILED" : firing.state,
        reactions: [...reactions],
        reactedAt: at,
        endedAt: isOver ? at : null,
        open: isOver ? open.filter((one) => one !== id) : open,
        causes: asked(causes, firing, reactions),
      });
      return { facts: [fact], answer: {} };
    },
  };
}

/** The alert by which a person is asked: to resolve it settles the cause. */
function asked(causes: readonly CauseCount[], { cause }: FiringNode, reactions: readonly Reacted[]): CauseCount[] {
  const ask = reactions.find(({ led }) => led?.startsWith(`${Alert.name}:`))?.led ?? null;
  return causes.map((one) => (one.cause === cause && ask !== null ? { ...one, ask } : one));
}

/** A run of a firing has ended: with the last of them the firing ends. */
export function closeFiring({ id, trigger, reactions }: FiringNode) {
  const runs = runsOf({ reactions });
  return {
    heads: [id, trigger, ...runs],
    decide: (heads: Heads, { at }: FactContext): Decision<Answer> => {
      const firing = heads.get(TriggerFiring, id)!;
      const isOver = firing.reactedAt !== null && runs.every((run) => hasEnded(heads, run));
      if (!isOver || firing.endedAt !== null) return NOTHING;
      const open = heads.get(Trigger, trigger)!.open.filter((one) => one !== id);
      return { facts: [triggerClosed.of({ firing: id, trigger, open, endedAt: at })], answer: {} };
    },
  };
}

/** The oldest firing that waits is done, where nothing is under way any more. */
export function dequeueFiring({ id, queue: waiting }: TriggerNode) {
  return {
    heads: [id, ...waiting],
    decide: (heads: Heads): Decision<Answer> => {
      const { state, open, queue } = heads.get(Trigger, id)!;
      const [next, ...rest] = queue;
      if (state === "DISABLED" || open.length > 0 || next === undefined) return NOTHING;
      return { facts: [triggerDequeued.of({ firing: next, trigger: id, open: [next], queue: rest })], answer: {} };
    },
  };
}

/** What somebody has said: a decision of a person, or that an alert is resolved. */
export interface Word {
  readonly id: string;
  /** Alerts, and what the decision is about. */
  readonly about: ReadonlySet<string>;
}

/** The causes of a trigger that a word does not settle. */
export function unsettled({ causes }: Pick<TriggerNode, "causes">, { about }: Word): CauseCount[] {
  return causes.filter((one) => ![one.about, one.alert, one.ask].some((id) => id !== null && about.has(id)));
}

/** Causes may fire again that somebody has settled. */
export function settleCauses(id: string, word: Word) {
  return {
    heads: [id],
    decide: (heads: Heads): Decision<Answer> => {
      const trigger = heads.get(Trigger, id)!;
      const causes = unsettled(trigger, word);
      if (causes.length === trigger.causes.length) return NOTHING;
      return { facts: [triggerSettled.of({ trigger: id, causes, because: word.id })], answer: {} };
    },
  };
}

function hasEnded(heads: Heads, run: string): boolean {
  const state = heads.get(Run, run)?.state;
  return state !== undefined && FINAL_RUN_STATES.has(state);
}
