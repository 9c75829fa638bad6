import DataLoader from "dataloader";
import type { NodeState } from "../core/graph-change.ts";
import type { NodeReader } from "../ports/node-reader.ts";
import { type NodeValue, nodeValue } from "./node-type.ts";
import { can, type Principal } from "./principal.ts";

export interface Loaders {
  /** A node as its reader may see it: a MaskedNode when not at all. @throws when the id names nothing. */
  readonly node: DataLoader<string, NodeValue>;
  /** These nodes need not be read. */
  know(states: readonly NodeState[]): void;
}

export function makeLoaders(reader: NodeReader, principal: Principal): Loaders {
  const visible = (state: NodeState): NodeValue => {
    const value = nodeValue(state);
    return mayRead(principal, value) ? value : { id: state.id, type: "MaskedNode" };
  };
  const node = new DataLoader<string, NodeValue>(async (ids) => {
    const found = new Map((await reader.byIds(ids)).map((state) => [state.id, state]));
    return ids.map((id) => {
      const state = found.get(id);
      return state === undefined ? new Error(`the node ${id} is not in SQL`) : visible(state);
    });
  });
  return {
    node,
    know: (states) => {
      for (const state of states) node.clear(state.id).prime(state.id, visible(state));
    },
  };
}

/** The position of the first id that names nothing, or nothing that the principal may read; -1 when all are seen. */
export async function firstUnseen(reader: NodeReader, principal: Principal, ids: readonly string[]): Promise<number> {
  const states = await reader.byIds(ids);
  const seen = new Set(states.filter((state) => mayRead(principal, nodeValue(state))).map(({ id }) => id));
  return ids.findIndex((id) => !seen.has(id));
}

/** Nodes without a namespace (agents, environments, hyperparameters, plugins) are open to whoever has a token. */
export function mayRead(principal: Principal, node: NodeValue): boolean {
  if (principal.attempt) return principal.attempt.readable.has(node.id);
  const { namespace } = node;
  return typeof namespace !== "string" || can(principal, "VIEWER", namespace);
}
