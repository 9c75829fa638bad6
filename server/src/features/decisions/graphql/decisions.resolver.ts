import { DecisionType } from "@clew/schema";
import { Args, ArgsType, Ctx, Field, ID, Query, Resolver } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { childrenResolver, connectionType } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { AttributedListArguments, listOf } from "../../catalog/index.ts";
import { Decision } from "../decision.node.ts";

const DecisionConnection = connectionType("Decision", objectType(Decision));
const DecisionTypeEnum = enumTypeOf(DecisionType);

@ArgsType()
class DecisionArguments extends AttributedListArguments {
  @Field(() => [DecisionTypeEnum], { nullable: true, description: "Only decisions of one of these types." })
  decisionTypes?: DecisionType[] | null;

  @Field(() => ID, { nullable: true, description: "Only decisions on this version or deployment, by id or key." })
  about?: string | null;
}

@Resolver(() => objectType(Decision))
export class DecisionQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => DecisionConnection, { description: "What was decided, by whom and why." })
  decisions(@Args(() => DecisionArguments) args: DecisionArguments, @Ctx() context: Context) {
    const { decisionTypes: decisionType, about: parent, agent } = args;
    return listOf(this.#reader, Decision, args, context, { attributes: { decisionType }, parent, agent });
  }
}

/** `decisions` of what decisions are about. */
export function decisionsResolver(reader: NodeReader, definition: NodeDefinition): object {
  return childrenResolver(reader, definition, Decision, "decisions", "What was decided on it, newest first.");
}
