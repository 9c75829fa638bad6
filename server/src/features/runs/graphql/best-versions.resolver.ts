import type { MetricValue } from "@clew/schema";
import { Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import { PageInfo } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { objectType } from "../../../graphql/node-type.ts";
import { listable } from "../../../graphql/principal.ts";
import { rankedNodes } from "../../../graphql/ranked-connection.ts";
import { GraphQLMetricValue } from "../../../graphql/scalars.ts";
import type { NodeRanks } from "../../../ports/node-ranks.ts";
import { Model, ModelVersion } from "../../catalog/index.ts";
import { EVALUATES, Report } from "../report.node.ts";
import { checkName, MetricOrder, rankedNumber } from "./value-arguments.ts";

@ObjectType("BestModelVersionEdge", { simpleResolvers: true })
class BestModelVersionEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => objectType(ModelVersion))
  node!: NodeValue;

  @Field(() => GraphQLMetricValue, { description: "The best that an evaluation report says." })
  value!: MetricValue;
}

@ObjectType("BestModelVersionConnection", { simpleResolvers: true })
class BestModelVersionConnection {
  @Field(() => [BestModelVersionEdge])
  edges!: BestModelVersionEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ArgsType()
class BestArguments {
  @Field(() => MetricOrder)
  metric!: MetricOrder;

  @Field(() => Int, { nullable: true })
  first?: number;

  @Field(() => String, { nullable: true })
  after?: string;
}

@Resolver(() => objectType(Model))
export class BestVersionsResolver {
  readonly #ranks: NodeRanks;

  constructor(ranks: NodeRanks) {
    this.#ranks = ranks;
  }

  @FieldResolver(() => BestModelVersionConnection, {
    description:
      "Versions of the model by a metric of the evaluation reports about them that the caller may read: each by its largest number, by its smallest where the direction is ASC.",
  })
  async best(
    @Root() { id: parent }: NodeValue,
    @Args(() => BestArguments) { metric: { name, direction }, first, after }: BestArguments,
    @Ctx() { principal }: Context,
  ): Promise<BestModelVersionConnection> {
    checkName(name, ["metric", "name"]);
    const namespaces = listable(principal);
    const of = { parent, type: ModelVersion.name, source: Report.name, by: EVALUATES, namespaces };
    const { edges, pageInfo } = await rankedNodes(
      { name, direction, of: parent, read: (asked) => this.#ranks.best(of, asked) },
      { first, after },
    );
    return { edges: edges.map(({ number, ...edge }) => ({ ...edge, value: rankedNumber(number) })), pageInfo };
  }
}
