import { createPubSub } from "@graphql-yoga/subscription";
import type { GraphQLSchema } from "graphql";
import { buildSchema, type ContainerType } from "type-graphql";
import type { NodeDefinition } from "../core/define-node.ts";
import { resolveDocuments } from "../graphql/documents.ts";
import { edgeResolver, ErasedNode, MaskedNode, objectType, resolveNodes } from "../graphql/node-type.ts";

/**
 * Builds the executable schema from the features' nodes and wired resolvers.
 * @throws when an edge names a node type that no feature defines.
 */
export async function assembleSchema(
  nodes: readonly NodeDefinition[],
  resolvers: readonly object[],
): Promise<GraphQLSchema> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const target = (name: string, from: string): NodeDefinition => {
    const found = byName.get(name);
    if (found === undefined) throw new Error(`${from} has an edge to ${name}, which no feature defines`);
    return found;
  };
  for (const node of nodes) {
    for (const edge of Object.values(node.edges)) for (const name of edge.targets) target(name, node.name);
  }
  const instances = [
    ...nodes.filter(hasEdges).map((node) => edgeResolver(node, (name) => target(name, node.name))),
    ...resolvers,
  ];
  const byClass = new Map(instances.map((instance) => [instance.constructor, instance]));
  const container: ContainerType = { get: (someClass) => byClass.get(someClass) };
  const schema = await buildSchema({
    resolvers: instances.map((instance) => instance.constructor) as never,
    orphanedTypes: [...nodes.map((node) => objectType(node)), MaskedNode, ErasedNode],
    container,
    // type-graphql asks for one although no subscription here uses topics: they read what is stored.
    pubSub: createPubSub(),
    validate: false,
  });
  resolveNodes(schema);
  resolveDocuments(schema, nodes);
  return schema;
}

function hasEdges(node: NodeDefinition): boolean {
  return Object.keys(node.edges).length > 0;
}
