import { Args, Ctx, Query, Resolver } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { childrenResolver, connectionType, listNodes } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { ListArguments, listFilter } from "../../catalog/index.ts";
import { Decision } from "../decision.node.ts";

const DecisionConnection = connectionType("Decision", objectType(Decision));

@Resolver(() => objectType(Decision))
export class DecisionQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => DecisionConnection, { description: "What was decided, by whom and why." })
  decisions(@Args(() => ListArguments) args: ListArguments, @Ctx() context: Context) {
    return listNodes(this.#reader, listFilter([Decision.name], args, context), args.orderBy, args);
  }
}

/** `decisions` of what decisions are about. */
export function decisionsResolver(reader: NodeReader, definition: NodeDefinition): object {
  return childrenResolver(reader, definition, Decision, "decisions", "What was decided on it, newest first.");
}
