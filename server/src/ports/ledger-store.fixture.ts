import { contentId, digestOf, type Json } from "@clew/schema";
import { defineFact, FactCatalogue } from "../core/define-fact.ts";
import { defineNode, place } from "../core/define-node.ts";
import { type Command, type Decision, refuse } from "../ledger/command.ts";
import { Recorder } from "../ledger/recorder.ts";
import type { LedgerEntry, LedgerStore, SideRows } from "./ledger-store.ts";
import type { NodeHistoryReader } from "./node-history.ts";
import type { NodeRanks } from "./node-ranks.ts";
import type { NodeReader } from "./node-reader.ts";
import type { ObservedPositions } from "./observed-positions.ts";
import type { Operations } from "./operations.ts";
import type { PersonalData } from "./personal-data.ts";
import type { RunLogs } from "./run-logs.ts";
import type { Webhooks } from "./webhooks.ts";
import { z } from "zod";

/** What a contract test opens: empty, and gone after `dispose`. */
export interface ContractDatabase {
  readonly ledger: LedgerStore;
  readonly nodes: NodeReader;
  readonly history: NodeHistoryReader;
  readonly ranks: NodeRanks;
  readonly operations: Operations;
  readonly observed: ObservedPositions;
  readonly logs: RunLogs;
  readonly webhooks: Webhooks;
  readonly personalData: PersonalData;
  pendingSchemaChanges(): Promise<string>;
  dispose(): Promise<void>;
}
export type OpenDatabase = () => Promise<ContractDatabase>;

/** The smallest node that shows whether a decision read what the one before it wrote. */
export const Counter = defineNode("Counter", {
  description: "Counts.",
  fields: { namespace: z.string(), name: z.string(), value: z.number(), note: z.string() },
  edges: {},
});

export const counted = defineFact({
  type: "test.counted",
  v: 1,
  payload: Counter.schema as z.ZodType<Json>,
  project: (payload) => place(Counter, payload as never),
});

/** Says a word, and changes no node. */
export const worded = defineFact({
  type: "test.worded",
  v: 1,
  payload: z.json(),
  project: () => [],
  words: (word) => [word as never],
});

export const TEST_FACTS = new FactCatalogue([counted, worded]);

export const counterId = (name: string) => contentId("Counter", name);

export interface CountOptions {
  readonly key?: string;
  readonly by?: string;
  readonly note?: string;
  readonly side?: SideRows;
  /** Facts that one command records. */
  readonly times?: number;
}

/** Adds to a counter, and answers what it stands at. */
export function count(name: string, options: CountOptions = {}): Command<{ value: number }> {
  const { key = crypto.randomUUID(), by = "Agent:test", note = "", side, times = 1 } = options;
  const id = counterId(name);
  return {
    principal: by,
    mutation: "count",
    idempotencyKey: key,
    inputDigest: digestOf({ name, note }),
    heads: [id],
    decide: (heads): Decision<{ value: number }> => {
      const before = heads.get(Counter, id)?.value ?? 0;
      const values = Array.from({ length: times }, (_, n) => before + n + 1);
      return {
        facts: values.map((value) => counted.of({ id, namespace: "test", name, value, note })),
        answer: { value: before + times },
        ...(side ? { side } : {}),
      };
    },
  };
}

/** Is refused for ever, or while the counter does not exist. */
export function refusal(name: string, options: CountOptions & { unless?: "exists" } = {}): Command<{ value: number }> {
  const counting = count(name, options);
  return {
    ...counting,
    decide: (heads, context) =>
      options.unless === "exists" && heads.has(counterId(name))
        ? counting.decide(heads, context)
        : refuse("UNKNOWN_NODE", ["name"], "there is no such counter"),
  };
}

/** A command that is at fault: its decision throws. */
export function faulty(name: string): Command<{ value: number }> {
  return {
    ...count(name),
    decide: () => {
      throw new Error("this decision is at fault");
    },
  };
}

/** A recorder on a clock that the test sets. */
export function recorderAt(ledger: LedgerStore, clock: { now: number }): Recorder {
  return new Recorder(
    ledger,
    () => {},
    () => clock.now,
  );
}

export async function allEntries(ledger: LedgerStore): Promise<LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  for (;;) {
    const page = await ledger.entries(found.at(-1)?.seq ?? 0, 500);
    if (page.length === 0) return found;
    found.push(...page);
  }
}

/** The counter's value that an entry states. */
export function valueIn(entry: LedgerEntry): number {
  const { payload } = JSON.parse(Buffer.from(entry.bytes).toString("utf8")) as { payload: { value: number } };
  return payload.value;
}
