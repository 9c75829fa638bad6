import type { NodeState } from "../core/graph-change.ts";

/** What GraphQL resolvers hand around for a node: its id, type and fields, whatever its definition. */
export type NodeValue = { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>;

export function nodeValue(state: NodeState): NodeValue {
  return { ...state.attributes, id: state.id, type: state.type, createdSeq: state.createdSeq };
}
