import { Args, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import { connectionType } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { objectType } from "../../../graphql/node-type.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { listOf, NamedListArguments } from "../../catalog/index.ts";
import type { Presence } from "../presence.ts";
import { Plugin, Runner } from "../runner.node.ts";

const RunnerConnection = connectionType("Runner", objectType(Runner));
const PluginConnection = connectionType("Plugin", objectType(Plugin));

@ObjectType("RunnerPresence", { description: "What a runner's last heartbeat said." })
class RunnerPresence {
  @Field(() => String, { description: "ready, or draining: finishing what it holds." })
  state!: string;

  @Field(() => String)
  pool!: string;

  @Field(() => Int, { description: "Jobs that it would take now." })
  freeSlots!: number;

  @Field(() => [String], { description: "Plugins that it hosts, as name@version." })
  plugins!: string[];

  @Field(() => GraphQLDateTime)
  at!: number;
}

@Resolver(() => objectType(Runner))
export class RunnersResolver {
  readonly #reader: NodeReader;
  readonly #presence: Presence;

  constructor(reader: NodeReader, presence: Presence) {
    this.#reader = reader;
    this.#presence = presence;
  }

  @Query(() => RunnerConnection)
  runners(@Args(() => NamedListArguments) args: NamedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Runner, args, context);
  }

  @Query(() => PluginConnection)
  plugins(@Args(() => NamedListArguments) args: NamedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Plugin, args, context);
  }

  @FieldResolver(() => RunnerPresence, { nullable: true, description: "Null when it has not been heard for a while." })
  presence(@Root() root: NodeValue): RunnerPresence | null {
    const beat = this.#presence.last(root.id);
    if (beat === null) return null;
    return {
      state: beat.state,
      pool: beat.pool,
      freeSlots: Math.max(0, beat.slots - beat.leases.length),
      plugins: beat.plugins.map(({ name, version }) => `${name}@${version}`),
      at: Date.parse(beat.at),
    };
  }
}
