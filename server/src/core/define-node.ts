import { type Json, NodeId } from "@clew/schema";
import { z } from "zod";
import type { ArrowType } from "./arrows.ts";
import type { ArrowChange, GraphChange, NodeState } from "./graph-change.ts";
import type { StatedValue } from "./stated-value.ts";

/** An edge that a node draws when it is written: to one node, or to many that may each have a role. */
export interface EdgeDefinition<Kind extends "one" | "many" = "one" | "many", Optional extends boolean = boolean> {
  readonly kind: Kind;
  readonly optional: Optional;
  readonly arrow: ArrowType;
  /** Type names, checked when the schema is assembled; several mean a union. */
  readonly targets: readonly string[];
}

/** An edge that no payload states: it leads to whoever established the fact, and `place` draws it when it is given the context. */
export interface ByEdge extends EdgeDefinition<"one", true> {
  readonly by: true;
}

/** An edge that is no part of what makes the node: facts of its own set it, lead it elsewhere and take it away. */
export interface LaterEdge extends EdgeDefinition<"one", true> {
  readonly later: true;
}

export function one(arrow: ArrowType, ...targets: string[]): EdgeDefinition<"one", false> {
  return { kind: "one", optional: false, arrow, targets };
}
export function maybe(arrow: ArrowType, ...targets: string[]): EdgeDefinition<"one", true> {
  return { kind: "one", optional: true, arrow, targets };
}
export function many(arrow: ArrowType, ...targets: string[]): EdgeDefinition<"many", false> {
  return { kind: "many", optional: false, arrow, targets };
}

export function by(...targets: string[]): ByEdge {
  return { kind: "one", optional: true, arrow: "ATTRIBUTED_TO", targets, by: true };
}

export function later(arrow: ArrowType, ...targets: string[]): LaterEdge {
  return { kind: "one", optional: true, arrow, targets, later: true };
}

export function isByEdge(edge: EdgeDefinition): edge is ByEdge {
  return "by" in edge;
}

/** Whether the payload that makes a node says where this edge leads. */
function isStated(edge: EdgeDefinition): boolean {
  return !isByEdge(edge) && !("later" in edge);
}

/** One end of a `many` edge as it is stored. */
export interface EdgeEnd {
  readonly id: string;
  readonly role?: string | undefined;
  /** A share of the traffic, in percent, and the mode in which it is served: of the few arrows that have them. */
  readonly weight?: number | undefined;
  readonly mode?: string | undefined;
}

type EdgeValue<E> =
  E extends EdgeDefinition<"many">
    ? readonly EdgeEnd[]
    : E extends EdgeDefinition<"one", true>
      ? string | null
      : string;

export type Edges = Readonly<Record<string, EdgeDefinition>>;
export type Fields = z.ZodRawShape;

/** A node's definition, whatever its shape. */
export interface NodeDefinition {
  readonly name: string;
  readonly description: string;
  /** asset: long-lived and named. version: an immutable state. Other nodes are plain. */
  readonly kind: "asset" | "version" | "plain";
  readonly fields: Fields;
  readonly edges: Edges;
  /** The edge to the node that lists nodes of this type, as an asset lists its versions. */
  readonly parent: string | null;
  /** Stored fields that GraphQL shows through a resolver, or not at all; the history of a node shows them as they are stored. */
  readonly hidden: readonly string[];
  /**
   * What lists may be filtered by: at most four attributes that are texts (`plugin.name`), edges to one node or objects with one key
   * (`definition.on`, found by that key), and an edge to many. A database has a column for each.
   */
  readonly indexed: readonly string[];
  /** Pure: values of a node, as it is made, by which it can be found, each once. An entry makes at most one node of a type that has them. */
  readonly values: ((node: never) => readonly StatedValue[]) | null;
  /** Id, fields and edges together: what a fact's payload must say to make this node. */
  readonly schema: z.ZodType;
}

export interface TypedNodeDefinition<Name extends string, F extends Fields, E extends Edges> extends NodeDefinition {
  readonly name: Name;
  readonly fields: F;
  readonly edges: E;
  readonly schema: z.ZodType<NodeValues<F, E>>;
}

type NodeValues<F extends Fields, E extends Edges> = { readonly id: string } & z.output<z.ZodObject<F>> & {
    readonly [K in keyof E as E[K] extends ByEdge | LaterEdge ? never : K]: EdgeValue<E[K]>;
  } & { readonly [K in keyof E as E[K] extends LaterEdge ? K : never]?: string | null };

/** A node of this definition: its id, its fields, and its edges by the ids of their ends. */
export type NodeOf<D> =
  D extends TypedNodeDefinition<infer Name, infer F, infer E> ? NodeValues<F, E> & { readonly type: Name } : never;

/** Declares a node type: the only place where its shape is written. */
export function defineNode<const Name extends string, F extends Fields, const E extends Edges>(
  name: Name,
  shape: {
    description: string;
    kind?: NodeDefinition["kind"];
    fields: F;
    edges: E;
    parent?: keyof E & string;
    hidden?: readonly (keyof F & string)[];
    indexed?: readonly (((keyof F | keyof E) & string) | `${keyof F & string}.${string}`)[];
    values?: (node: NodeValues<F, E>) => readonly StatedValue[];
  },
): TypedNodeDefinition<Name, F, E> {
  const clash = Object.keys(shape.fields).find((field) => field in shape.edges || field === "id" || field === "type");
  if (clash !== undefined) throw new Error(`${name}.${clash} is declared twice`);
  return {
    name,
    description: shape.description,
    kind: shape.kind ?? "plain",
    fields: shape.fields,
    edges: shape.edges,
    parent: shape.parent ?? null,
    hidden: shape.hidden ?? [],
    indexed: shape.indexed ?? [],
    values: shape.values ?? null,
    schema: z.strictObject({ id: NodeId, ...shape.fields, ...edgeSchemas(shape.edges) }) as never,
  };
}

export const EdgeEndSchema = z.strictObject({
  id: NodeId,
  role: z.string().max(64).optional(),
  weight: z.number().optional(),
  mode: z.string().max(40).optional(),
});

function edgeSchemas(edges: Edges): z.ZodRawShape {
  const stated = Object.entries(edges).filter(([, edge]) => isStated(edge));
  return Object.fromEntries(stated.map(([field, edge]) => [field, edgeSchema(edge)]));
}

function edgeSchema({ kind, optional }: EdgeDefinition): z.ZodType {
  if (kind === "many") return z.array(EdgeEndSchema).max(5000);
  return optional ? NodeId.nullable() : NodeId;
}

/**
 * The default projection: the node with all its fields, and an arrow for each end of its edges. With `by`, the node is attributed to
 * that agent where its definition has such an edge.
 */
export function place<D extends NodeDefinition>(
  definition: D,
  node: Omit<NodeOf<D>, "type">,
  attribution?: { readonly by: string },
): GraphChange[] {
  const { id, ...stated } = node as unknown as { id: string } & Record<string, Json>;
  const set = attribution ? { ...stated, ...attributed(definition, attribution.by) } : stated;
  const parent = definition.parent === null ? undefined : set[definition.parent];
  const values = valuesOf(definition, node);
  const change: GraphChange = {
    op: "node",
    id,
    type: definition.name,
    set,
    ...(typeof parent === "string" && { parent }),
    ...(values.length > 0 && { values }),
  };
  return [change, ...arrowsFrom(definition, id, set)];
}

/** What a node as it was made can be found by. */
export function valuesOf({ values }: NodeDefinition, node: object): readonly StatedValue[] {
  return values?.(node as never) ?? [];
}

function attributed({ edges }: NodeDefinition, agent: string): Record<string, Json> {
  const fields = Object.entries(edges).filter(([, edge]) => isByEdge(edge));
  return Object.fromEntries(fields.map(([field]) => [field, agent]));
}

function arrowsFrom(definition: NodeDefinition, from: string, values: Record<string, Json>): ArrowChange[] {
  return Object.entries(definition.edges).flatMap(([field, edge]) =>
    endsOf(values[field]).map(({ id: to, role, weight, mode }) => ({
      op: "arrow" as const,
      type: edge.arrow,
      from,
      to,
      properties: {
        ...(role !== undefined && { role }),
        ...(weight !== undefined && { weight }),
        ...(mode !== undefined && { mode }),
      },
    })),
  );
}

/** The ends that an edge's stored value names: none, one id, or a list. */
export function endsOf(value: Json | undefined): readonly EdgeEnd[] {
  if (value == null) return [];
  return typeof value === "string" ? [{ id: value }] : (value as unknown as readonly EdgeEnd[]);
}

/** Sets some fields of a node that exists. Edges that it was made with do not change; for others there is `lead`. */
export function patch<D extends NodeDefinition>(
  definition: D,
  id: string,
  set: Partial<z.output<z.ZodObject<D["fields"]>>>,
): GraphChange {
  return { op: "node", id, type: definition.name, set: set as Record<string, Json> };
}

/** Leads a `later` edge of a node to another end than before: null is none. */
export function lead<D extends NodeDefinition>(
  { name: type, edges }: D,
  field: keyof D["edges"] & string,
  { id, before, to }: { readonly id: string; readonly before: string | null; readonly to: string | null },
): GraphChange[] {
  const { arrow } = edges[field]!;
  const ends = before === null || before === to ? [] : [{ op: "end", type: arrow, from: id, to: before } as const];
  const draws = to === null ? [] : [{ op: "arrow", type: arrow, from: id, to, properties: {} } as const];
  return [{ op: "node", id, type, set: { [field]: to } }, ...ends, ...draws];
}

/** Reads a stored node as its definition types it. The shape was checked when the fact was written. */
export function nodeOf<D extends NodeDefinition>(definition: D, state: NodeState): NodeOf<D> {
  if (state.type !== definition.name) throw new Error(`${state.id} is no ${definition.name}`);
  return { id: state.id, type: state.type, ...state.attributes } as unknown as NodeOf<D>;
}
