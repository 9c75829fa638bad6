import { RiskTier, UseCaseState } from "@clew/schema";
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { connectionType, listNodes } from "../../../graphql/connection.ts";
import type { NodeDefinition } from "../../../core/define-node.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { type NodeValue, nodeValue } from "../../../graphql/node-value.ts";
import { Node, objectType } from "../../../graphql/node-type.ts";
import { listable } from "../../../graphql/principal.ts";
import { attributeIs, type NodeReader } from "../../../ports/node-reader.ts";
import { agentsNamed } from "../../access/index.ts";
import { AttributedListArguments, findByKey, listOf, Model } from "../../catalog/index.ts";
import { Endpoint } from "../../deployments/index.ts";
import { UseCase } from "../use-case.node.ts";

const UseCaseConnection = connectionType("UseCase", objectType(UseCase));
const ModelConnection = connectionType("Model", objectType(Model));
const EndpointConnection = connectionType("Endpoint", objectType(Endpoint));
const UseCaseStateEnum = enumTypeOf(UseCaseState);
const RiskTierEnum = enumTypeOf(RiskTier);

@ArgsType()
class UseCaseArguments extends AttributedListArguments {
  @Field(() => [UseCaseStateEnum], { nullable: true, description: "Only use cases in one of these states." })
  states?: UseCaseState[] | null;

  @Field(() => [RiskTierEnum], { nullable: true, description: "Only use cases of one of these risk tiers." })
  riskTiers?: RiskTier[] | null;

  @Field(() => ID, { nullable: true, description: "Only what this agent answers for: its id or name." })
  owner?: string | null;
}

@Resolver(() => objectType(UseCase))
export class UseCaseQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => objectType(UseCase), { nullable: true, description: "A use case by its key, namespace/name." })
  async useCase(@Arg("key", () => String) key: string, @Ctx() { principal }: Context): Promise<NodeValue | null> {
    const state = await findByKey(this.#reader, "UseCase", key);
    const value = state?.type === UseCase.name ? nodeValue(state) : null;
    return value && mayRead(principal, value) ? value : null;
  }

  @Query(() => UseCaseConnection)
  async useCases(@Args(() => UseCaseArguments) args: UseCaseArguments, @Ctx() context: Context) {
    const { states, riskTiers: riskTier, agent } = args;
    const owner = args.owner == null ? null : await agentsNamed(this.#reader, "owner", args.owner);
    return listOf(this.#reader, UseCase, args, context, { states, agent, attributes: { riskTier, owner } });
  }

  @FieldResolver(() => Node, { description: "Who answers for it: a person or a team." })
  owner(@Root() root: NodeValue, @Ctx() { loaders }: Context): Promise<NodeValue> {
    return loaders.node.load(root["owner"] as string);
  }

  @FieldResolver(() => ModelConnection, { description: "The models that are for it, newest first." })
  models(
    @Root() root: NodeValue,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() context: Context,
  ) {
    return this.#usedFor(Model, root, { first, after }, context);
  }

  @FieldResolver(() => EndpointConnection, { description: "The endpoints that are for it, newest first." })
  endpoints(
    @Root() root: NodeValue,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() context: Context,
  ) {
    return this.#usedFor(Endpoint, root, { first, after }, context);
  }

  /** In whichever namespaces the caller may read. */
  #usedFor(
    definition: NodeDefinition,
    { id }: NodeValue,
    page: { first: number | undefined; after: string | undefined },
    { principal }: Context,
  ) {
    const attributes = [attributeIs(definition, "useCase", [id])];
    const filter = { types: [definition.name], namespaces: listable(principal), attributes };
    return listNodes(this.#reader, filter, "NEWEST", page);
  }
}
