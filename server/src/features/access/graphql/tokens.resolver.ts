import { Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { objectTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node } from "../../../graphql/node-type.ts";
import { canSomewhere, type Grants } from "../../../graphql/principal.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { Operations } from "../../../ports/operations.ts";
import { administersToken } from "../administering.ts";
import { Grant } from "../create-token.ts";

const GrantType = objectTypeOf(Grant);

@ObjectType("Viewer", { simpleResolvers: true, description: "Who asks." })
class Viewer {
  @Field(() => Node, { description: "The agent, or the runner, whose token it is." })
  agent!: NodeValue;

  @Field(() => [GrantType])
  grants!: readonly Grant[];

  @Field(() => ID, { nullable: true, description: "Of an attempt's token: the run that it reports on." })
  run!: string | null;
}

@ObjectType("Token", { simpleResolvers: true, description: "An API token, without its secret." })
class Token {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Node)
  agent!: NodeValue;

  @Field(() => [GrantType])
  grants!: readonly Grant[];

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

  @Query(() => Viewer, { description: "Who asks, and what the token allows." })
  async viewer(@Ctx() { principal, loaders }: Context): Promise<Viewer> {
    const { agentId, grants, attempt } = principal;
    return { agent: await loaders.node.load(agentId), grants: grantList(grants), run: attempt?.runId ?? null };
  }

  @Query(() => [Token], { description: "For administrators: every token that is good in no namespace but theirs." })
  async tokens(@Ctx() context: Context): Promise<Token[]> {
    const { principal } = context;
    if (!canSomewhere(principal, "ADMIN")) throw clientError("FORBIDDEN", "only an administrator sees tokens");
    const rows = (await this.#operations.tokens()).filter((row) => administersToken(principal, row));
    return Promise.all(
      rows.map(async (row) => ({
        ...row,
        agent: await context.loaders.node.load(row.agentId),
        grants: grantList(JSON.parse(row.grants) as Grants),
      })),
    );
  }
}

function grantList(grants: Grants): Grant[] {
  return Object.entries(grants).map(([namespace, roles]) => ({ namespace, roles: [...roles] }));
}
