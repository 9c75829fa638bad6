import { Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { Node, type NodeValue } from "../../../graphql/node-type.ts";
import { can } from "../../../graphql/principal.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { Operations } from "../../../ports/operations.ts";

@ObjectType("Token", { description: "An API token, without its secret." })
class Token {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Node)
  agent!: NodeValue;

  @Field(() => GraphQLDateTime, { nullable: true })
  expiresAt!: number | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  revokedAt!: number | null;
}

@Resolver()
export class TokenQueries {
  readonly #operations: Operations;

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  @Query(() => [Token], { description: "Every token; for administrators." })
  async tokens(@Ctx() context: Context): Promise<Token[]> {
    if (!can(context.principal, "ADMIN", "*")) throw clientError("FORBIDDEN", "only an administrator sees the tokens");
    const rows = await this.#operations.tokens();
    return Promise.all(rows.map(async (row) => ({ ...row, agent: await context.loaders.node.load(row.agentId) })));
  }
}
