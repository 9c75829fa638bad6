import type { StatedValue } from "../core/stated-value.ts";

/**
 * How the nodes of a list follow from those that have the value: they are the same; they name them by a value of their own, `namedBy`; or they
 * are named by them, as their parent or in a field.
 */
export type ValueLink = "itself" | { readonly namedBy: string } | { readonly field: "parent" | (string & {}) };

export interface ValueSource {
  /** Of the nodes that have the value. */
  readonly type: string;
  readonly link: ValueLink;
}

/** Nodes of which one source has a value of this name, for which everything given holds. */
export interface ValueCondition {
  readonly sources: readonly ValueSource[];
  /** Sources count in these namespaces, and in none; null is every one. */
  readonly namespaces: readonly string[] | null;
  readonly name: string;
  readonly oneOf?: readonly Omit<StatedValue, "name">[];
  readonly range?: NumberRange;
}

/** Numbers that are all that is given. */
export interface NumberRange {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}
