import type { NodeDefinition } from "../../core/define-node.ts";
import { childrenResolver } from "../../graphql/connection.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { alertFacts } from "./alert.facts.ts";
import { Alert } from "./alert.node.ts";
import { alertMutations } from "./graphql/alert-mutations.ts";
import { AlertQueries } from "./graphql/alerts.resolver.ts";

export { resolveAlert } from "./close-alert.ts";
export { alertOn, lastAlert } from "./raise-alert.ts";
export { isAbout, isAsSevere } from "./which-alerts.ts";
export { Alert, alertFacts };

export const alertNodes = [Alert];

/** `nodes`: every node type of the server, of which those that alerts are about show theirs. */
export function alertResolvers(reader: NodeReader, mutations: Mutations, nodes: readonly NodeDefinition[]): object[] {
  const subjects = nodes.filter(({ name }) => Alert.edges.about.targets.includes(name));
  return [
    new AlertQueries(reader),
    ...subjects.map((definition) => childrenResolver(reader, definition, Alert, "alerts")),
    mutationResolver("AlertMutations", mutations, alertMutations(reader)),
  ];
}
