import { type GraphQLSchema, isInterfaceType } from "graphql";
import { Ctx, Field, FieldResolver, Float, ID, InterfaceType, ObjectType, Resolver, Root } from "type-graphql";
import { endsOf, type EdgeDefinition, isByEdge, type NodeDefinition } from "../core/define-node.ts";
import type { Context } from "./context.ts";
import { notFound } from "./errors.ts";
import { addFields, type GraphQLClass, named } from "./from-zod.ts";
import type { NodeValue } from "./node-value.ts";

@InterfaceType("Node", { description: "Anything in the lineage graph." })
export class Node {
  @Field(() => ID, { description: "Opaque and global." })
  id!: string;
}

/** Tells a schema which object type a NodeValue is. What type-graphql makes of `resolveType` is asynchronous: promises for every node. */
export function resolveNodes(schema: GraphQLSchema): void {
  const node = schema.getType("Node");
  if (isInterfaceType(node)) node.resolveType = (value: NodeValue) => value.type;
}

@ObjectType("MaskedNode", {
  implements: Node,
  simpleResolvers: true,
  description: "A node that the caller may not read: it is there, and that is all.",
})
export class MaskedNode extends Node {}

@ObjectType("ErasedNode", {
  implements: Node,
  simpleResolvers: true,
  description: "A node that tells of a person, whose personal data were erased: it is there, and that is all.",
})
export class ErasedNode extends Node {}

/** Whether a node's reader sees its id only. */
export function isHidden({ type }: NodeValue): boolean {
  return type === "MaskedNode" || type === "ErasedNode";
}

@ObjectType("RelatedNode", { simpleResolvers: true, description: "One end of an edge that may have a role." })
export class RelatedNode {
  @Field(() => String, { nullable: true, description: "What the node was there for, as train or model." })
  role?: string;

  @Field(() => Float, { nullable: true, description: "The share of an endpoint's traffic that it gets, in percent." })
  weight?: number;

  @Field(() => String, { nullable: true, description: "How it is served: LIVE or SHADOW." })
  mode?: string;

  @Field(() => Node)
  node!: NodeValue;
}

const nodeClasses = new WeakMap<NodeDefinition, GraphQLClass>();

/** The object type of a node definition: its fields; edges and computed fields come from resolvers. */
export function objectType(definition: NodeDefinition): GraphQLClass {
  const known = nodeClasses.get(definition);
  if (known) return known;
  const made = named(definition.name);
  nodeClasses.set(definition, made);
  ObjectType(definition.name, { implements: Node, simpleResolvers: true, description: definition.description })(made);
  Field(() => ID, { description: "Opaque and global." })(made.prototype, "id");
  addFields(made, definition.fields, "output", definition.hidden);
  return made;
}

/**
 * A resolver for a definition's edges: an edge to one node loads it, an edge to many answers its ends with their roles. `target`
 * finds the definition that an edge names. Whom a node is attributed to has a resolver of its own, in the access feature.
 */
export function edgeResolver(definition: NodeDefinition, target: (name: string) => NodeDefinition): object {
  const resolver = named(`${definition.name}Edges`);
  Resolver(() => objectType(definition))(resolver);
  for (const [field, edge] of Object.entries(definition.edges))
    if (!isByEdge(edge)) addEdge(resolver, field, edge, target);
  return new resolver();
}

function addEdge(
  resolver: GraphQLClass,
  field: string,
  edge: EdgeDefinition,
  target: (name: string) => NodeDefinition,
): void {
  const prototype = resolver.prototype as Record<string, unknown>;
  prototype[field] = edge.kind === "one" ? loadOne(field) : loadMany(field);
  const type = edge.targets.length === 1 ? objectType(target(edge.targets[0]!)) : Node;
  const returns = edge.kind === "one" ? () => type : () => [RelatedNode];
  FieldResolver(returns, { nullable: edge.optional })(
    prototype,
    field,
    Object.getOwnPropertyDescriptor(prototype, field)!,
  );
  Root()(prototype, field, 0);
  Ctx()(prototype, field, 1);
}

function loadOne(field: string) {
  return (root: NodeValue, context: Context) => {
    const [end] = endsOf(root[field] as never);
    return end ? loadSeen(end.id, context) : null;
  };
}

/** A field of one object type cannot show a hidden node: whoever may not read it is told that there is none. */
async function loadSeen(id: string, { loaders }: Context): Promise<NodeValue> {
  const value = await loaders.node.load(id);
  if (isHidden(value)) throw notFound("node");
  return value;
}

function loadMany(field: string) {
  return async (root: NodeValue, context: Context) =>
    Promise.all(
      endsOf(root[field] as never).map(async ({ id, ...end }) => ({
        ...end,
        node: await context.loaders.node.load(id),
      })),
    );
}
