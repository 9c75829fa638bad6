import { TriggerState } from "@clew/schema";
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { connectionType } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { type NodeValue, nodeValue } from "../../../graphql/node-value.ts";
import { Node, objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { AttributedListArguments, findByKey, listOf } from "../../catalog/index.ts";
import { Trigger } from "../trigger.node.ts";
import { TriggerFiring } from "../trigger-firing.node.ts";

const TriggerConnection = connectionType("Trigger", objectType(Trigger));

@ArgsType()
class TriggerArguments extends AttributedListArguments {
  @Field(() => [enumTypeOf(TriggerState)], { nullable: true, description: "Only triggers in one of these states." })
  states?: TriggerState[] | null;
}

@Resolver(() => objectType(Trigger))
export class TriggerQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => objectType(Trigger), { nullable: true, description: "A trigger by its key, namespace/name." })
  async trigger(@Arg("key", () => String) key: string, @Ctx() { principal }: Context): Promise<NodeValue | null> {
    const state = await findByKey(this.#reader, "Trigger", key);
    const value = state?.type === Trigger.name ? nodeValue(state) : null;
    return value && mayRead(principal, value) ? value : null;
  }

  @Query(() => TriggerConnection)
  triggers(@Args(() => TriggerArguments) args: TriggerArguments, @Ctx() context: Context) {
    const { states, agent } = args;
    return listOf(this.#reader, Trigger, args, context, { states, agent });
  }

  @FieldResolver(() => Node, { description: "On whose behalf it acts: who gave it its definition." })
  author(@Root() root: NodeValue, @Ctx() { loaders }: Context): Promise<NodeValue> {
    return loaders.node.load(root["author"] as string);
  }
}

@Resolver(() => objectType(TriggerFiring))
export class TriggerFiringResolver {
  @FieldResolver(() => Node, { description: "Whose trigger it was then." })
  onBehalfOf(@Root() root: NodeValue, @Ctx() { loaders }: Context): Promise<NodeValue> {
    return loaders.node.load(root["onBehalfOf"] as string);
  }
}
