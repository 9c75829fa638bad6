import { AlertState } from "@clew/schema";
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { connectionType, listNodes } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { type NodeValue, objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { ListArguments, listFilter } from "../../catalog/index.ts";
import { Alert } from "../alert.node.ts";

const AlertConnection = connectionType("Alert", objectType(Alert));
const AlertStateEnum = enumTypeOf(AlertState);

@ArgsType()
class AlertArguments extends ListArguments {
  @Field(() => [AlertStateEnum], { nullable: true })
  states?: AlertState[];
}

@Resolver(() => objectType(Alert))
export class AlertQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => AlertConnection, { description: "What wants a reaction, or wanted one." })
  alerts(@Args(() => AlertArguments) args: AlertArguments, @Ctx() context: Context) {
    const filter = { ...listFilter([Alert.name], args, context), ...(args.states ? { states: args.states } : {}) };
    return listNodes(this.#reader, filter, args.orderBy, args);
  }
}

/** `alerts` of what alerts are about. */
export function alertsResolver(reader: NodeReader, definition: NodeDefinition): object {
  @Resolver(() => objectType(definition))
  class AlertsResolver {
    @FieldResolver(() => AlertConnection, { description: "Newest first." })
    alerts(
      @Root() root: NodeValue,
      @Arg("first", () => Int, { nullable: true }) first: number | undefined,
      @Arg("after", () => String, { nullable: true }) after: string | undefined,
    ) {
      const filter = { types: [Alert.name], namespaces: null, parent: root.id };
      return listNodes(reader, filter, "NEWEST", { first, after });
    }
  }
  return new AlertsResolver();
}
