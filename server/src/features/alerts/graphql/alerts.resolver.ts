import { AlertState } from "@clew/schema";
import { Args, ArgsType, Ctx, Field, Query, Resolver } from "type-graphql";
import { connectionType, listNodes } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { objectType } from "../../../graphql/node-type.ts";
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
