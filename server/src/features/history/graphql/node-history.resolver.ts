import { type Json, NodeId, typeOfId } from "@clew/schema";
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { z } from "zod";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { documentReference } from "../../../core/document.ts";
import { referredDigest } from "../../../core/personal.ts";
import { decodeCursor, encodeCursor, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { shownValue } from "../../../graphql/from-zod.ts";
import { firstUnseen } from "../../../graphql/loaders.ts";
import { GraphQLJSON } from "../../../graphql/scalars.ts";
import type { NodeHistoryReader } from "../../../ports/node-history.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { type NodeChange, nodeChanges } from "../node-changes.ts";
import { FieldValue, NodeChangeConnection, type NodeChangeType } from "./node-history.types.ts";

@Resolver()
export class NodeHistoryResolver {
  readonly #reader: NodeReader;
  readonly #history: NodeHistoryReader;
  readonly #definitions: ReadonlyMap<string, NodeDefinition>;

  /** `nodes`: every node type of the server. */
  constructor(reader: NodeReader, history: NodeHistoryReader, nodes: readonly NodeDefinition[]) {
    this.#reader = reader;
    this.#history = history;
    this.#definitions = new Map(nodes.map((definition) => [definition.name, definition]));
  }

  @Query(() => NodeChangeConnection, {
    nullable: true,
    description:
      "Who changed what of a node, and when: newest first, down to the fact that made it. Missing and forbidden look the same: null. Aliases and tags have histories of their own, by asOf and knownAt.",
  })
  async nodeHistory(
    @Arg("id", () => ID) id: string,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() context: Context,
  ): Promise<NodeChangeConnection | null> {
    const size = pageSize(first);
    const beforeSeq = after == null ? null : Number(decodeCursor(after, ["number"])[0]);
    const definition = this.#definitions.get(typeOfId(id));
    if (definition === undefined || !(await this.#isSeen(id, context))) return null;
    const states = await this.#history.history(id, beforeSeq, size + 1);
    const changes = nodeChanges(states, definition, size);
    const nodes = await Promise.all(changes.map((change) => shownChange(change, definition, context)));
    const edges = nodes.map((node) => ({ cursor: encodeCursor([node.ledgerSeq]), node }));
    const pageInfo = { hasNextPage: states.length > size, endCursor: edges.at(-1)?.cursor ?? null };
    return { edges, nodes, pageInfo };
  }

  async #isSeen(id: string, { principal }: Context): Promise<boolean> {
    return NodeId.safeParse(id).success && (await firstUnseen(this.#reader, principal, [id])) < 0;
  }
}

async function shownChange(
  { seq, fields }: NodeChange,
  definition: NodeDefinition,
  { loaders }: Context,
): Promise<NodeChangeType> {
  const { type, recordedAt } = await loaders.entry.load(seq);
  const shown = fields.map(({ field, before, after }) => {
    const schema = (definition.fields[field] as z.ZodType | undefined) ?? null;
    return { field, before: fieldValue(before, schema), after: fieldValue(after, schema) };
  });
  return { ledgerSeq: seq, recordedAt, type, fields: shown };
}

function fieldValue(stored: Json | undefined, schema: z.ZodType | null): FieldValue | null {
  return stored === undefined ? null : { stored, schema, isErased: referredDigest(stored) !== null };
}

@Resolver(() => FieldValue)
export class FieldValueResolver {
  @FieldResolver(() => GraphQLJSON, {
    nullable: true,
    description: "As a node of this type shows it; a large one is read when it is asked for.",
  })
  async value(@Root() { stored, schema, isErased }: FieldValue, @Ctx() { loaders }: Context): Promise<unknown> {
    if (isErased) return null;
    const large = documentReference(stored);
    const value = large === null ? stored : await loaders.document(large);
    return schema === null ? value : shownValue(schema, value);
  }
}
