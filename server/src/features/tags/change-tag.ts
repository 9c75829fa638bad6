import type { Json } from "@clew/schema";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, type UserError } from "../../ledger/command.ts";
import type { TagKey, TagRow } from "../../ports/tags.ts";

interface Change<Answer extends Json> {
  readonly key: TagKey;
  /** Null takes the key away. */
  readonly value: string | null;
  /** Null: from the moment on at which it is recorded. */
  readonly validFrom: number | null;
  readonly answer: Answer;
  readonly fact: (validFrom: number) => Fact;
  /** Refuses by what the key stands at, with no end in sight; undefined when at nothing. */
  readonly check?: (current: TagRow | undefined) => { errors: UserError[] } | null;
  /** What is told when there is nothing to take away. */
  readonly missing: UserError;
}

/** The use case of an alias or a tag that is set or deleted: one word about its key. What is true already is not said again. */
export function changeTag<Answer extends Json>(change: Change<Answer>) {
  const { key, value, answer, check, fact, missing } = change;
  return {
    heads: [],
    tags: [{ ...key, from: change.validFrom ?? Date.now() }],
    decide: (heads: Heads, { at }: FactContext): Decision<Answer> => {
      const validFrom = change.validFrom ?? at;
      const later = heads.tags(key).filter(({ validTo }) => validTo === null || validTo > validFrom);
      const current = later.find(({ validTo }) => validTo === null);
      const refused = check?.(current);
      if (refused) return refused;
      if (value === null && later.length === 0) return { errors: [missing] };
      const isSaid = later.length === 1 && current?.value === value && current.validFrom <= validFrom;
      return isSaid
        ? { facts: [], answer }
        : { facts: [fact(validFrom)], tags: [{ ...key, value, validFrom }], answer };
    },
  };
}
