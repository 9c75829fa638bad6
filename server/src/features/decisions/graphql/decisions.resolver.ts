import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { connectionType, listNodes } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { type NodeValue, objectType } from "../../../graphql/node-type.ts";
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
  @Resolver(() => objectType(definition))
  class DecisionsResolver {
    @FieldResolver(() => DecisionConnection, { description: "What was decided on it, newest first." })
    decisions(
      @Root() root: NodeValue,
      @Arg("first", () => Int, { nullable: true }) first: number | undefined,
      @Arg("after", () => String, { nullable: true }) after: string | undefined,
    ) {
      const filter = { types: [Decision.name], namespaces: null, parent: root.id };
      return listNodes(reader, filter, "NEWEST", { first, after });
    }
  }
  return new DecisionsResolver();
}
