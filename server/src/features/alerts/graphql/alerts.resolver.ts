import { AlertSeverity, AlertState } from "@clew/schema";
import { Args, ArgsType, Ctx, Field, ID, Query, Resolver } from "type-graphql";
import { connectionType } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { AttributedListArguments, listOf } from "../../catalog/index.ts";
import { Alert } from "../alert.node.ts";

const AlertConnection = connectionType("Alert", objectType(Alert));
const AlertStateEnum = enumTypeOf(AlertState);
const AlertSeverityEnum = enumTypeOf(AlertSeverity);

@ArgsType()
class AlertArguments extends AttributedListArguments {
  @Field(() => [AlertStateEnum], { nullable: true, description: "Only alerts in one of these states." })
  states?: AlertState[] | null;

  @Field(() => [AlertSeverityEnum], { nullable: true, description: "Only alerts of one of these severities." })
  severities?: AlertSeverity[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "Only alerts about this deployment, version, run or use case, by id or key.",
  })
  about?: string | null;
}

@Resolver(() => objectType(Alert))
export class AlertQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => AlertConnection, { description: "What wants a reaction, or wanted one." })
  alerts(@Args(() => AlertArguments) args: AlertArguments, @Ctx() context: Context) {
    const { states, severities: severity, about: parent, agent } = args;
    return listOf(this.#reader, Alert, args, context, { states, attributes: { severity }, parent, agent });
  }
}
