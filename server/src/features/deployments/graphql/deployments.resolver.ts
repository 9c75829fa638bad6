import { DeploymentState } from "@clew/schema";
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { NodeOf } from "../../../core/define-node.ts";
import { connectionType } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { type NodeValue, nodeValue } from "../../../graphql/node-value.ts";
import { objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { AttributedListArguments, findByKey, listOf } from "../../catalog/index.ts";
import type { Presence } from "../../runners/index.ts";
import { Run } from "../../runs/index.ts";
import { Deployment } from "../deployment.node.ts";
import { Endpoint } from "../endpoint.node.ts";

const EndpointConnection = connectionType("Endpoint", objectType(Endpoint));
const DeploymentConnection = connectionType("Deployment", objectType(Deployment));
const DeploymentStateEnum = enumTypeOf(DeploymentState);

@ArgsType()
class DeploymentArguments extends AttributedListArguments {
  @Field(() => [DeploymentStateEnum], { nullable: true, description: "Only deployments in one of these states." })
  states?: DeploymentState[] | null;

  @Field(() => ID, { nullable: true, description: "Only revisions of this endpoint, by id or key." })
  endpoint?: string | null;
}

@Resolver(() => objectType(Run))
export class RunEndpointResolver {
  readonly #presence: Presence;

  constructor(presence: Presence) {
    this.#presence = presence;
  }

  @FieldResolver(() => objectType(Endpoint), {
    nullable: true,
    description: "Of a service: the endpoint that it serves or watches.",
  })
  endpoint(@Root() root: NodeValue, @Ctx() context: Context) {
    return typeof root["endpoint"] === "string" ? context.loaders.node.load(root["endpoint"]) : null;
  }

  @FieldResolver(() => String, { nullable: true, description: "Of a service: the URL where it answers requests now." })
  listensAt(@Root() root: NodeValue): string | null {
    return addressOf(root, this.#presence);
  }
}

@Resolver(() => objectType(Endpoint))
export class EndpointQueries {
  readonly #reader: NodeReader;
  readonly #presence: Presence;

  constructor(reader: NodeReader, presence: Presence) {
    this.#reader = reader;
    this.#presence = presence;
  }

  @FieldResolver(() => [String], { description: "The URLs where its services answer requests now." })
  async listensAt(@Root() root: NodeValue, @Ctx() { loaders }: Context): Promise<string[]> {
    const runs = await loaders.node.loadMany(this.#presence.listeningRuns);
    const own = runs.filter((run) => !(run instanceof Error) && run["endpoint"] === root.id) as NodeValue[];
    return own.flatMap((run) => addressOf(run, this.#presence) ?? []).toSorted();
  }

  @Query(() => objectType(Endpoint), { nullable: true, description: "An endpoint by its key, namespace/name." })
  endpoint(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey(key, Endpoint.name, context);
  }

  @Query(() => objectType(Deployment), { nullable: true, description: "By key: namespace/endpoint@3, or @latest." })
  deployment(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey(key, Deployment.name, context);
  }

  @Query(() => EndpointConnection)
  endpoints(@Args(() => AttributedListArguments) args: AttributedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Endpoint, args, context, { agent: args.agent });
  }

  @Query(() => DeploymentConnection)
  deployments(@Args(() => DeploymentArguments) args: DeploymentArguments, @Ctx() context: Context) {
    const { states, endpoint: parent, agent } = args;
    return listOf(this.#reader, Deployment, args, context, { states, parent, agent });
  }

  @FieldResolver(() => objectType(Deployment), {
    nullable: true,
    description: "The revision that is to be served: the newest, unless that failed.",
  })
  wantedDeployment(@Root() root: NodeValue, @Ctx() { loaders }: Context) {
    return typeof root["wanted"] === "string" ? loaders.node.load(root["wanted"]) : null;
  }

  @FieldResolver(() => objectType(Deployment), { nullable: true, description: "The revision that is served now." })
  activeDeployment(@Root() root: NodeValue, @Ctx() { loaders }: Context) {
    return typeof root["active"] === "string" ? loaders.node.load(root["active"]) : null;
  }

  async #byKey(key: string, type: string, { principal }: Context): Promise<NodeValue | null> {
    const state = await findByKey(this.#reader, "Endpoint", key);
    const value = state?.type === type ? nodeValue(state) : null;
    return value && mayRead(principal, value) ? value : null;
  }
}

/** Only the runner that holds the run's last attempt is believed. */
function addressOf(run: NodeValue, presence: Presence): string | null {
  const attempt = (run["attempts"] as NodeOf<typeof Run>["attempts"]).at(-1);
  return attempt ? presence.addressOf(run.id, attempt) : null;
}
