import { isDeepStrictEqual } from "node:util";
import type { Json } from "@clew/schema";
import type { NodeDefinition } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";

/** A field before and after a change; undefined where the node, or the field, was not there. */
export interface FieldDifference {
  readonly field: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** What the entry `seq` made of a node. */
export interface NodeChange {
  readonly seq: number;
  readonly fields: readonly FieldDifference[];
}

/**
 * The newest `limit` changes that these states tell of, newest first. They come newest first as well, and one more than `limit` where
 * there are so many: the oldest is then only what the change after it began with.
 */
export function nodeChanges(
  states: readonly NodeState[],
  definition: NodeDefinition,
  limit: number,
): readonly NodeChange[] {
  const names = [...Object.keys(definition.fields), ...Object.keys(definition.edges)];
  return states.slice(0, limit).map((state, at) => ({
    seq: state.changedSeq,
    fields: names.flatMap((field) => difference(field, states[at + 1], state)),
  }));
}

function difference(field: string, earlier: NodeState | undefined, later: NodeState): FieldDifference[] {
  const [before, after] = [earlier?.attributes[field], later.attributes[field]];
  return isDeepStrictEqual(before, after) ? [] : [{ field, before, after }];
}
