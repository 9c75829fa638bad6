import type { NodeDefinition } from "../../core/define-node.ts";
import { authorResolver } from "../../graphql/author.ts";
import type { NodeHistoryReader } from "../../ports/node-history.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { FieldValueResolver, NodeHistoryResolver } from "./graphql/node-history.resolver.ts";
import { NodeChangeType } from "./graphql/node-history.types.ts";

/** `nodes`: every node type of the server. */
export function historyResolvers(
  reader: NodeReader,
  history: NodeHistoryReader,
  nodes: readonly NodeDefinition[],
): object[] {
  return [new NodeHistoryResolver(reader, history, nodes), new FieldValueResolver(), authorResolver(NodeChangeType)];
}
