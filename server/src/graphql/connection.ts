import { Arg, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import type { NodeDefinition } from "../core/define-node.ts";
import type { NodeState } from "../core/graph-change.ts";
import type { NodeCursor, NodeFilter, NodeOrder, NodeReader } from "../ports/node-reader.ts";
import { clientError } from "./errors.ts";
import { type GraphQLClass, named } from "./from-zod.ts";
import { type NodeValue, nodeValue } from "./node-value.ts";
import { objectType } from "./node-type.ts";

export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 500;
/** A total above this is answered as this number and `isExact: false`. */
const TOTAL_CAP = 10_000;
const COUNT_COST = 20;

@ObjectType("PageInfo", { simpleResolvers: true, description: "As the Relay cursor connections specification has it." })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

@ObjectType("TotalCount", { simpleResolvers: true })
export class TotalCount {
  @Field(() => Int)
  count!: number;

  @Field(() => Boolean, { description: "False when there are at least `count`: counting stops there." })
  isExact!: boolean;
}

/** A connection's value. `totalCount` is a getter: it counts only when the query asks. */
export interface Connection<Edge> {
  readonly edges: readonly Edge[];
  readonly pageInfo: PageInfo;
  readonly totalCount: Promise<TotalCount>;
}

const connections = new WeakMap<GraphQLClass, GraphQLClass>();

/** The connection type over a node type: edges with cursor and node, pageInfo, totalCount. */
export function connectionType(name: string, node: GraphQLClass): GraphQLClass {
  const known = connections.get(node);
  if (known) return known;
  const edge = named(`${name}Edge`);
  ObjectType(edge.name, { simpleResolvers: true })(edge);
  Field(() => String)(edge.prototype, "cursor");
  Field(() => node)(edge.prototype, "node");
  const made = named(`${name}Connection`);
  ObjectType(made.name, { simpleResolvers: true })(made);
  Field(() => [edge])(made.prototype, "edges");
  Field(() => [node], { description: "The nodes of the edges." })(made.prototype, "nodes");
  Field(() => PageInfo)(made.prototype, "pageInfo");
  Field(() => TotalCount, { complexity: COUNT_COST, description: "Counted only when asked for." })(
    made.prototype,
    "totalCount",
  );
  connections.set(node, made);
  return made;
}

/** `first` within its bounds. @throws INVALID_INPUT outside. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? PAGE_DEFAULT;
  if (size < 1 || size > PAGE_MAX)
    throw clientError("INVALID_INPUT", `first must be 1 to ${PAGE_MAX}`, { path: ["first"] });
  return size;
}

/** A cursor is opaque: JSON in base64url. */
export function encodeCursor(value: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** @throws INVALID_CURSOR when the text was not made by encodeCursor of parts of these types. */
export function decodeCursor(cursor: string, types: readonly ("string" | "number")[]): readonly (string | number)[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const isOurs = Array.isArray(value) && value.length === types.length;
    if (isOurs && types.every((type, index) => isPart(value[index], type))) return value as (string | number)[];
  } catch {
    // Not JSON: refused below.
  }
  throw foreignCursor();
}

/** No cursor that was made here holds a U+0000, which PostgreSQL refuses. */
function isPart(value: unknown, type: "string" | "number"): boolean {
  return typeof value === type && !(typeof value === "string" && value.includes("\u0000"));
}

export function foreignCursor() {
  const message = "this cursor did not come from this list, in this order; begin without one";
  return clientError("INVALID_CURSOR", message, { path: ["after"] });
}

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A page of nodes from SQL as a connection. */
export async function listNodes(
  reader: NodeReader,
  filter: NodeFilter,
  order: NodeOrder,
  page: PageArguments,
): Promise<Connection<{ cursor: string; node: NodeValue }> & { nodes: NodeValue[] }> {
  const size = pageSize(page.first);
  const list = listTag(filter, order);
  const after = page.after == null ? null : nodeCursor(page.after, list);
  const rows = await reader.list(filter, order, after, size + 1);
  const edges = rows.slice(0, size).map((state) => ({ cursor: cursorOf(state, list), node: nodeValue(state) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null },
    get totalCount() {
      return countNodes(reader, filter);
    },
  };
}

/** A resolver of a connection: `field` of a node lists those nodes of another type whose parent it is, newest first. */
export function childrenResolver(
  reader: NodeReader,
  parent: NodeDefinition,
  child: NodeDefinition,
  field: string,
  description = "Newest first.",
): object {
  const connection = connectionType(child.name, objectType(child));
  const resolver = named(`${parent.name}${child.name}Connection`);
  Resolver(() => objectType(parent))(resolver);
  const prototype = resolver.prototype as Record<string, unknown>;
  prototype[field] = (root: NodeValue, first: number | undefined, after: string | undefined) =>
    listNodes(reader, { types: [child.name], namespaces: null, parent: root.id }, "NEWEST", { first, after });
  const method = Object.getOwnPropertyDescriptor(prototype, field)!;
  FieldResolver(() => connection, { description })(prototype, field, method);
  Root()(prototype, field, 0);
  Arg("first", () => Int, { nullable: true })(prototype, field, 1);
  Arg("after", () => String, { nullable: true })(prototype, field, 2);
  return new resolver();
}

export async function countNodes(reader: NodeReader, filter: NodeFilter): Promise<TotalCount> {
  const count = await reader.count(filter, TOTAL_CAP);
  return { count, isExact: count < TOTAL_CAP };
}

/** What a cursor says of the list that it leads on in: another list, or the same in another order, begins elsewhere. */
function listTag({ types }: NodeFilter, order: NodeOrder): string {
  return `${order} ${types.join()}`;
}

function cursorOf(state: NodeState, list: string): string {
  const { name } = state.attributes;
  return encodeCursor([list, state.createdSeq, typeof name === "string" ? name : "", state.id]);
}

function nodeCursor(cursor: string, list: string): NodeCursor {
  const [of, createdSeq, name, id] = decodeCursor(cursor, ["string", "number", "string", "string"]);
  if (of !== list) throw foreignCursor();
  return { createdSeq: Number(createdSeq), name: String(name), id: String(id) };
}
