import type { Json, Sha256 } from "@clew/schema";
import type { Fact, FactContext } from "../core/define-fact.ts";
import { type NodeDefinition, type NodeOf, nodeOf } from "../core/define-node.ts";
import type { NodeState } from "../core/graph-change.ts";
import type { SideRows } from "../ports/ledger-store.ts";
import type { TagKey } from "../core/tag-word.ts";
import type { TagRead, TagRow } from "../ports/tags.ts";

/** An expected refusal: data for the caller, never an exception. `path` leads to the input field at fault. */
export interface UserError {
  readonly code: string;
  readonly path: readonly string[];
  readonly message: string;
}

/** What a decision may read, as all earlier mutations left it: nodes, and what is believed of tags and aliases. */
export class Heads {
  readonly #find: (id: string) => NodeState | undefined;
  readonly #tags: (key: TagKey) => readonly TagRow[];

  constructor(find: (id: string) => NodeState | undefined, tags: (key: TagKey) => readonly TagRow[]) {
    this.#find = find;
    this.#tags = tags;
  }

  /** What is believed of a key about the time that the command asked for, in no order. */
  tags(key: TagKey): readonly TagRow[] {
    return this.#tags(key);
  }

  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  get<D extends NodeDefinition>(definition: D, id: string): NodeOf<D> | undefined {
    const state = this.#find(id);
    return state?.type === definition.name ? nodeOf(definition, state) : undefined;
  }
}

export type Decision<Answer extends Json> =
  | {
      readonly facts: readonly Fact[];
      readonly answer: Answer;
      readonly side?: SideRows;
      /** Agents whose personal values are erased: those of all facts so far. */
      readonly erases?: readonly string[];
      /** What the caller must hear although facts were recorded. */
      readonly warnings?: readonly UserError[];
    }
  | { readonly errors: readonly UserError[] };

/** One mutation on its way to the ledger. */
export interface Command<Answer extends Json = Json> {
  /** The agent who asks; idempotency keys are its own. */
  readonly principal: string;
  readonly mutation: string;
  readonly idempotencyKey: string;
  readonly inputDigest: Sha256;
  /** Every node that `decide` reads or its facts change. */
  readonly heads: readonly string[];
  /** Every tag and alias that it reads or changes. */
  readonly tags?: readonly TagRead[] | undefined;
  /** Pure. Runs under the ledger's lock, perhaps more than once. */
  readonly decide: (heads: Heads, context: FactContext) => Decision<Answer>;
}

export type Recorded<Answer extends Json = Json> =
  | {
      readonly ok: true;
      readonly answer: Answer;
      readonly warnings: readonly UserError[];
      readonly seq: number;
      /** The nodes that the command has changed, as it left them; none for a repeated command. */
      readonly changed: readonly NodeState[];
    }
  | { readonly ok: false; readonly errors: readonly UserError[] };

export function refuse(code: string, path: readonly string[], message: string): { errors: UserError[] } {
  return { errors: [{ code, path, message }] };
}
