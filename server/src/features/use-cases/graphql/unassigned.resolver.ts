import { Args, ArgsType, Ctx, Field, Int, ObjectType, Query, Resolver } from "type-graphql";
import { decodeCursor, encodeCursor, PageInfo } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { objectType } from "../../../graphql/node-type.ts";
import { type NodeValue, nodeValue } from "../../../graphql/node-value.ts";
import { listable } from "../../../graphql/principal.ts";
import type { NodeCursor, NodeReader } from "../../../ports/node-reader.ts";
import { Deployment } from "../../deployments/index.ts";
import { unassignedDeployments } from "../unassigned.ts";
import { INVENTORY_COST, rowCount } from "./inventory.resolver.ts";

@ObjectType("UnassignedDeployments", { simpleResolvers: true })
class UnassignedDeployments {
  @Field(() => [objectType(Deployment)])
  nodes!: NodeValue[];

  @Field(() => PageInfo, { description: "A next page may turn out to hold none." })
  pageInfo!: PageInfo;
}

@ArgsType()
class UnassignedArguments {
  @Field(() => [String], { nullable: true, description: "Only deployments of these namespaces." })
  namespaces?: string[] | null;

  @Field(() => Int, { nullable: true, description: "At most this many, 1 to 100; 50 when left out." })
  first?: number;

  @Field(() => String, { nullable: true, description: "The endCursor of the page before." })
  after?: string;
}

@Resolver()
export class UnassignedQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => UnassignedDeployments, {
    complexity: INVENTORY_COST,
    description:
      "What is served now for no use case: neither its endpoint is for one, nor a model that it serves. Newest first.",
  })
  async unassignedDeployments(
    @Args(() => UnassignedArguments) { namespaces, first, after }: UnassignedArguments,
    @Ctx() { principal }: Context,
  ): Promise<UnassignedDeployments> {
    const from = after == null ? null : cursorFrom(after);
    const asked = listable(principal, namespaces);
    const { found, next } = await unassignedDeployments(this.#reader, asked, from, rowCount(first));
    const endCursor = next && encodeCursor(["unassigned", next.createdSeq, next.id]);
    return { nodes: found.map(nodeValue), pageInfo: { hasNextPage: next !== null, endCursor } };
  }
}

function cursorFrom(cursor: string): NodeCursor {
  const [, createdSeq, id] = decodeCursor(cursor, ["string", "number", "string"]);
  return { createdSeq: Number(createdSeq), name: "", id: String(id) };
}
