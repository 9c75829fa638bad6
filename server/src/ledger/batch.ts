import type { Json } from "@clew/schema";
import { leafHash } from "@clew/schema";
import { EntryTooLarge, type Fact, type FactContext, encodeEntry } from "../core/define-fact.ts";
import { type Document, DocumentTooLarge, setAside } from "../core/document.ts";
import { conceal, type PersonalValue } from "../core/personal.ts";
import type { BatchState, BatchWrites, IdempotencyRow, PersonalRow, SideRows } from "../ports/ledger-store.ts";
import { type Command, Heads, type Recorded, refuse, type UserError } from "./command.ts";
import type { ProjectedEntry } from "./ledger-tail.ts";
import { NodeChanges } from "./node-changes.ts";
import { TagBeliefs } from "./tag-beliefs.ts";

const keyText = (row: { principal: string; mutation: string; key: string }) =>
  JSON.stringify([row.principal, row.mutation, row.key]);

/**
 * One batch of commands on the state that the transaction found: each command decides on what the ones before it left, the refused
 * ones cost nothing, and the writes of the others are collected.
 */
export class Batch {
  readonly #state: BatchState;
  readonly #answered: Map<string, IdempotencyRow>;
  readonly #nodes: NodeChanges;
  readonly #entries: ProjectedEntry[] = [];
  readonly #idempotency: IdempotencyRow[] = [];
  readonly #side: SideRows[] = [];
  readonly #erased: string[] = [];
  #personal: PersonalRow[] = [];
  readonly #documents = new Map<string, Document>();
  readonly #tags: TagBeliefs;
  readonly #heads: Heads;
  readonly #now: number;

  constructor(state: BatchState, now: number) {
    this.#state = state;
    this.#now = Math.max(now, state.head.recordedAt);
    this.#answered = new Map(state.answered.map((row) => [keyText(row), row]));
    this.#nodes = new NodeChanges(state.nodes);
    this.#tags = new TagBeliefs(state.tags);
    this.#heads = new Heads(
      (id) => this.#nodes.node(id),
      (key) => this.#tags.held(key),
    );
  }

  /** Decides one command; what it changes is seen by the next. */
  take(command: Command): Recorded {
    const identity = { principal: command.principal, mutation: command.mutation, key: command.idempotencyKey };
    const before = this.#answered.get(keyText(identity));
    if (before) return replay(before, command);
    const context = { at: this.#now, by: command.principal };
    const decision = command.decide(this.#heads, context);
    if ("errors" in decision) return { ok: false, errors: decision.errors };
    const stored = storedFacts(decision.facts, context);
    if ("errors" in stored) return { ok: false, errors: stored.errors };
    const ids = stored.flatMap((fact) => this.#append(fact, context));
    const { answer, warnings = [], erases = [] } = decision;
    if (decision.side) this.#side.push(decision.side);
    for (const subject of erases) this.#erase(subject);
    const seq = this.#seq;
    const row = { ...identity, inputDigest: command.inputDigest, seq, answer: JSON.stringify({ answer, warnings }) };
    this.#idempotency.push(row);
    this.#answered.set(keyText(identity), row);
    const changed = [...new Set(ids)].map((id) => this.#nodes.node(id)!);
    return { ok: true, answer, warnings, seq, changed };
  }

  get entries(): readonly ProjectedEntry[] {
    return this.#entries;
  }

  writes(): BatchWrites {
    return {
      entries: this.#entries,
      ...this.#nodes.writes(),
      idempotency: this.#idempotency,
      tags: this.#tags.written,
      side: this.#side,
      personal: this.#personal,
      documents: [...this.#documents.values()],
      erased: this.#erased,
    };
  }

  #erase(subject: string): void {
    this.#erased.push(subject);
    this.#personal = this.#personal.filter((row) => row.subject !== subject);
  }

  get #seq(): number {
    return this.#state.head.seq + this.#entries.length;
  }

  /** Answers the ids of the nodes that the fact changes. */
  #append(fact: StoredFact, context: FactContext): string[] {
    const seq = this.#seq + 1;
    const { bytes } = fact;
    for (const value of fact.personal) this.#personal.push({ ...value, seq });
    for (const document of fact.documents) this.#documents.set(document.digest, document);
    const changes = fact.definition.project(fact.payload, context);
    this.#nodes.apply(changes, seq);
    for (const word of fact.definition.words(fact.payload)) this.#tags.say(word, seq);
    const leaf = leafHash(bytes).toString("hex");
    this.#entries.push({ seq, recordedAt: context.at, type: fact.definition.type, bytes, leafHash: leaf, changes });
    return changes.flatMap((change) => (change.op === "node" ? [change.id] : []));
  }
}

/** A fact as its entry holds it, that entry's bytes, and what stands beside it. */
interface StoredFact extends Fact {
  readonly bytes: Buffer;
  readonly personal: readonly PersonalValue[];
  readonly documents: readonly Document[];
}

function storedFacts(facts: readonly Fact[], context: FactContext): StoredFact[] | ReturnType<typeof refuse> {
  try {
    return facts.map((fact) => storedFact(fact, context));
  } catch (error) {
    if (error instanceof EntryTooLarge)
      return refuse("ENTRY_TOO_LARGE", [], `${error.message} bytes; send large parts as artifacts`);
    if (error instanceof DocumentTooLarge) return refuse("DOCUMENT_TOO_LARGE", [], `${error.message} bytes`);
    throw error;
  }
}

function storedFact({ definition, payload }: Fact, context: FactContext): StoredFact {
  const { payload: lightened, documents } = setAside(payload, definition.documents);
  const { payload: stored, values: personal } = conceal(lightened, definition.personal);
  const bytes = encodeEntry({ definition, payload: stored }, context);
  return { definition, payload: stored, bytes, personal, documents };
}

function replay(before: IdempotencyRow, command: Command): Recorded {
  if (before.inputDigest === command.inputDigest) {
    const { answer, warnings } = JSON.parse(before.answer) as { answer: Json; warnings: UserError[] };
    return { ok: true, answer, warnings, seq: before.seq, changed: [] };
  }
  const message = `the key ${command.idempotencyKey} was used for another input of ${command.mutation}; choose a new key for a new input`;
  return { ok: false, ...refuse("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"], message) };
}
