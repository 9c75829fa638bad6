import { digestOf, FINAL_RUN_STATES, type Json, uuidv7 } from "@clew/schema";
import { openEntry } from "../../core/define-fact.ts";
import { endsOf, nodeOf } from "../../core/define-node.ts";
import type { UseCase } from "../../graphql/mutations.ts";
import type { FollowerWork } from "../../ledger/follower.ts";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import { eachNode } from "../../ports/node-reader.ts";
import { SYSTEM_AGENT } from "../access/index.ts";
import { resolveAlert } from "../alerts/index.ts";
import { Decision } from "../decisions/index.ts";
import { cancelRun, Run } from "../runs/index.ts";
import { type FiringNode, fireCommand, type TriggerNode } from "./fire-trigger.ts";
import {
  closeFiring,
  dequeueFiring,
  finishReactions,
  runsOf,
  settleCauses,
  unsettled,
  type Word,
} from "./firing-changes.ts";
import { countedThing, mayFire, occasionsOf } from "./occasions.ts";
import { mayOutlive, outlivedAlerts } from "./outlived-alerts.ts";
import { react, type ReactionParts } from "./react.ts";
import { Trigger } from "./trigger.node.ts";
import { TriggerFiring } from "./trigger-firing.node.ts";

const PAGE = 500;
const SKIP_MS = 1_000;
const FINAL: ReadonlySet<unknown> = FINAL_RUN_STATES;
/** After these, what waits may be due. */
const FREEING = new Set(["trigger.reacted", "trigger.closed", "trigger.state-changed"]);
const WORDS = new Set(["alert.resolved", "decision.made"]);
const DUE = new Set(["trigger.fired", "trigger.dequeued"]);

/**
 * Follows the ledger and fires triggers, does their reactions, and keeps what became of them. One entry after the other, each act
 * recorded once whoever else does it, so that a crash anywhere loses none and doubles none.
 */
export class TriggerWork implements FollowerWork {
  readonly name = "triggers";
  readonly batchMax = 200;
  readonly #store: LedgerStore;
  readonly #parts: ReactionParts;
  /** Read once for the entries that are handled together. */
  #enabled: Promise<readonly Known[]> | null = null;
  #savedAt = 0;

  constructor(store: LedgerStore, parts: ReactionParts) {
    this.#store = store;
    this.#parts = parts;
  }

  position(): Promise<number> {
    return this.#store.position(this.name);
  }

  async handle(entries: readonly ProjectedEntry[]): Promise<void> {
    const relevant = entries.filter(isRelevant);
    this.#enabled = null;
    for (const entry of relevant) await this.#handle(entry);
    // Entries that are nothing to it move the durable position now and then: read again, they are nothing again.
    if (relevant.length === 0 && Date.now() - this.#savedAt < SKIP_MS) return;
    this.#savedAt = Date.now();
    await this.#store.advance(this.name, entries.at(-1)!.seq);
  }

  async #handle(entry: ProjectedEntry): Promise<void> {
    const { type } = entry;
    if (mayFire(entry)) await this.#fire(entry);
    if (DUE.has(type)) await this.#react(await this.#touched(entry));
    if (FREEING.has(type)) await this.#dequeue(idsOf(entry, Trigger.name));
    if (mayOutlive(entry)) await this.#resolveOutlived(entry);
    const ended = endedRuns(entry);
    if (ended.length > 0) await this.#close(ended);
    const word = await this.#wordOf(entry);
    if (word !== null) await this.#settle(word);
  }

  async #fire(entry: ProjectedEntry): Promise<void> {
    this.#enabled ??= this.#triggers("ENABLED");
    for (const trigger of await this.#enabled) {
      // What was there before it was made, or enabled, fires nothing.
      if (trigger.firesFrom >= entry.seq || entry.recordedAt < trigger.node.enabledAt) continue;
      for (const occasion of await occasionsOf(this.#parts.reader, entry, trigger.node))
        await this.#parts.record(fireCommand(trigger.node.id, occasion));
    }
  }

  async #react(firings: readonly FiringNode[]): Promise<void> {
    for (const firing of firings) {
      if (firing.reactedAt !== null || firing.state === "QUEUED") continue;
      const [state] = await this.#parts.reader.byIds([firing.trigger]);
      await this.#cancelReplaced(firing);
      const done = await react(this.#parts, nodeOf(Trigger, state!), firing);
      await this.#act("finishReactions", finishReactions(firing, done));
    }
  }

  async #dequeue(ids: readonly string[]): Promise<void> {
    const triggers = (await this.#parts.reader.byIds(ids)).map((state) => nodeOf(Trigger, state));
    for (const trigger of triggers)
      if (trigger.queue.length > 0) await this.#act("dequeueFiring", dequeueFiring(trigger));
  }

  async #cancelReplaced({ replaces, name }: FiringNode): Promise<void> {
    const before = (await this.#parts.reader.byIds(replaces)).map((state) => nodeOf(TriggerFiring, state));
    const runs = before.flatMap(runsOf);
    const states = await this.#parts.reader.byIds(runs);
    const running = states.filter(({ attributes }) => !FINAL.has(attributes["state"]));
    for (const { id } of running)
      await this.#act("cancelRun", cancelRun({ run: id, reason: `the trigger ${name} fired again` }));
  }

  async #resolveOutlived(entry: ProjectedEntry): Promise<void> {
    for (const outlived of await outlivedAlerts(this.#parts.reader, entry))
      await this.#act("resolveAlert", resolveAlert(outlived));
  }

  /** Firings whose runs have ended. */
  async #close(runs: readonly string[]): Promise<void> {
    const states = await this.#parts.reader.byIds(runs);
    const causes = states.flatMap(({ attributes }) => endsOf(attributes["triggeredBy"]).map(({ id }) => id));
    for (const firing of await this.#firings(causes)) await this.#act("closeFiring", closeFiring(firing));
  }

  /**
   * What a person has decided, or that somebody has resolved an alert. What the server does itself settles nothing: a rule's decision may be
   * the trigger's own, and an alert that has outlived its revision may come again on the next.
   */
  async #wordOf(entry: ProjectedEntry): Promise<Word | null> {
    if (!WORDS.has(entry.type)) return null;
    if (entry.type === "alert.resolved")
      return openEntry(entry).by === SYSTEM_AGENT
        ? null
        : { id: idsOf(entry, "Alert")[0]!, about: new Set(idsOf(entry, "Alert")) };
    const [state] = await this.#parts.reader.byIds(idsOf(entry, Decision.name));
    const decision = state && nodeOf(Decision, state);
    if (decision === undefined || decision.policy !== null) return null;
    const subjects = await this.#parts.reader.byIds([decision.about]);
    return {
      id: decision.id,
      about: new Set([decision.about, ...subjects.map(countedThing), ...decision.basis.map(({ id }) => id)]),
    };
  }

  async #settle(word: Word): Promise<void> {
    for (const { node } of [...(await this.#triggers("ENABLED")), ...(await this.#triggers("DISABLED"))])
      if (unsettled(node, word).length < node.causes.length)
        await this.#act("settleCauses", settleCauses(node.id, word));
  }

  async #triggers(state: TriggerNode["state"]): Promise<Known[]> {
    const filter = { types: [Trigger.name], namespaces: null, states: [state] };
    const found: Known[] = [];
    for await (const one of eachNode(this.#parts.reader, filter, "OLDEST", PAGE))
      found.push({ node: nodeOf(Trigger, one), firesFrom: one.createdSeq });
    return found;
  }

  async #touched(entry: ProjectedEntry): Promise<FiringNode[]> {
    return this.#firings(idsOf(entry, TriggerFiring.name));
  }

  async #firings(ids: readonly string[]): Promise<FiringNode[]> {
    const own = [...new Set(ids)].filter((id) => id.startsWith(`${TriggerFiring.name}:`));
    return own.length === 0 ? [] : (await this.#parts.reader.byIds(own)).map((state) => nodeOf(TriggerFiring, state));
  }

  /** No derived key: the state that is read under the ledger's lock says whether this was done before. */
  async #act<Answer extends Json>(mutation: string, { heads, decide }: UseCase<Answer>): Promise<void> {
    const idempotencyKey = uuidv7();
    const inputDigest = digestOf({ idempotencyKey });
    await this.#parts.record({ principal: SYSTEM_AGENT, mutation, idempotencyKey, inputDigest, heads, decide });
  }
}

interface Known {
  readonly node: TriggerNode;
  /** The entry that made it. */
  readonly firesFrom: number;
}

function isRelevant(entry: ProjectedEntry): boolean {
  const { type } = entry;
  return (
    mayFire(entry) ||
    DUE.has(type) ||
    FREEING.has(type) ||
    mayOutlive(entry) ||
    WORDS.has(type) ||
    endedRuns(entry).length > 0
  );
}

function endedRuns({ changes }: ProjectedEntry): string[] {
  return changes.flatMap((one) =>
    one.op === "node" && one.type === Run.name && FINAL.has(one.set["state"]) ? [one.id] : [],
  );
}

function idsOf({ changes }: ProjectedEntry, type: string): string[] {
  return [...new Set(changes.flatMap((one) => (one.op === "node" && one.type === type ? [one.id] : [])))];
}
