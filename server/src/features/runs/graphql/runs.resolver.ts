import { type MetricValue, RunState } from "@clew/schema";
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { connectionType, listNodes, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { RelatedNode, type NodeValue, objectType } from "../../../graphql/node-type.ts";
import { GraphQLDateTime, GraphQLMetricValue } from "../../../graphql/scalars.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import type { Operations } from "../../../ports/operations.ts";
import { listFilter, TaggedListArguments } from "../../catalog/index.ts";
import type { Presence } from "../../runners/index.ts";
import { Report } from "../report.node.ts";
import { Run } from "../run.node.ts";
import { whyWaiting } from "../why-waiting.ts";

const RunStateEnum = enumTypeOf(RunState);
const RunConnection = connectionType("Run", objectType(Run));
const ReportConnection = connectionType("Report", objectType(Report));

@ArgsType()
class RunArguments extends TaggedListArguments {
  @Field(() => [RunStateEnum], { nullable: true })
  states?: RunState[];
}

@ObjectType("MetricPoint", { description: "A number that a run measured on its way." })
class MetricPoint {
  @Field(() => String)
  name!: string;

  @Field(() => GraphQLSafeInt)
  step!: number;

  @Field(() => GraphQLMetricValue)
  value!: MetricValue;

  @Field(() => Int)
  attempt!: number;

  @Field(() => GraphQLSafeInt, { description: "Numbers the attempt's points; also the cursor." })
  n!: number;

  @Field(() => GraphQLDateTime)
  at!: number;
}

@Resolver(() => objectType(Run))
export class RunsResolver {
  readonly #reader: NodeReader;
  readonly #operations: Operations;
  readonly #presence: Presence;

  constructor(reader: NodeReader, operations: Operations, presence: Presence) {
    this.#reader = reader;
    this.#operations = operations;
    this.#presence = presence;
  }

  @Query(() => RunConnection)
  runs(@Args(() => RunArguments) args: RunArguments, @Ctx() context: Context) {
    const filter = { ...listFilter(["Run"], args, context), ...(args.states ? { states: args.states } : {}) };
    return listNodes(this.#reader, filter, args.orderBy, args);
  }

  @Query(() => ReportConnection)
  reports(@Args(() => TaggedListArguments) args: TaggedListArguments, @Ctx() context: Context) {
    return listNodes(this.#reader, listFilter(["Report"], args, context), args.orderBy, args);
  }

  @FieldResolver(() => [RelatedNode], { description: "What the run made, by role." })
  async outputs(@Root() root: NodeValue, @Ctx() context: Context) {
    const outputs = root["outputs"] as { role: string; id: string }[];
    return Promise.all(outputs.map(async ({ role, id }) => ({ role, node: await context.loaders.node.load(id) })));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "What a queued run waits for; null when it does not wait.",
  })
  whyWaiting(@Root() root: NodeValue): string | null {
    return whyWaiting(root as never, this.#presence, Date.now());
  }

  @FieldResolver(() => [MetricPoint], { description: "In the order in which they were measured." })
  async metricPoints(
    @Root() root: NodeValue,
    @Arg("name", () => String, { nullable: true }) name: string | undefined,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => GraphQLSafeInt, { nullable: true, description: "The n of the last point seen." }) after:
      | number
      | null,
  ): Promise<MetricPoint[]> {
    const rows = await this.#operations.measurements(root.id, name ?? null, after ?? 0, pageSize(first));
    return rows.map((row) => ({ ...row, value: JSON.parse(row.value) as MetricValue }));
  }
}
