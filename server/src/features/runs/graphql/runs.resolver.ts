import { type MetricValue, ReportType, RunKind, RunState, RunType, Verdict } from "@clew/schema";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import type { NodeOf } from "../../../core/define-node.ts";
import { connectionType, countNodes, listNodes, type PageArguments, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { RelatedNode, objectType } from "../../../graphql/node-type.ts";
import { GraphQLDateTime, GraphQLMetricValue } from "../../../graphql/scalars.ts";
import { rankedNodes } from "../../../graphql/ranked-connection.ts";
import type { NodeRanks, RankPage } from "../../../ports/node-ranks.ts";
import { attributeIs, type NodeFilter, type NodeReader } from "../../../ports/node-reader.ts";
import type { Operations } from "../../../ports/operations.ts";
import { AttributedListArguments, filterOf, listOf, TaggedListArguments } from "../../catalog/index.ts";
import type { Presence } from "../../runners/index.ts";
import { Report } from "../report.node.ts";
import { Run } from "../run.node.ts";
import {
  checkName,
  hasMetric,
  MetricFilter,
  MetricOrder,
  ParameterFilter,
  reportValues,
  runValues,
} from "./value-arguments.ts";
import { type FindUntaken, type WhyPipelineWaits, whyWaiting } from "../why-waiting.ts";

const RunStateEnum = enumTypeOf(RunState);
const RunTypeEnum = enumTypeOf(RunType);
const RunKindEnum = enumTypeOf(RunKind);
const ReportTypeEnum = enumTypeOf(ReportType);
const VerdictEnum = enumTypeOf(Verdict);
const RunConnection = connectionType("Run", objectType(Run));
const ReportConnection = connectionType("Report", objectType(Report));

@ArgsType()
class RunArguments extends AttributedListArguments {
  @Field(() => [RunStateEnum], { nullable: true, description: "Only runs in one of these states." })
  states?: RunState[] | null;

  @Field(() => [RunTypeEnum], { nullable: true, description: "Only runs of one of these types." })
  runTypes?: RunType[] | null;

  @Field(() => [RunKindEnum], { nullable: true, description: "Only runs of one of these kinds." })
  kinds?: RunKind[] | null;

  @Field(() => String, { nullable: true, description: "Only runs of the plugin of this name, in any version." })
  plugin?: string | null;

  @Field(() => ID, { nullable: true, description: "Only runs that this led to, by id or key: an alert, a decision …" })
  triggeredBy?: string | null;

  @Field(() => [ParameterFilter], {
    nullable: true,
    description: "Only runs for whose hyperparameters all of these hold.",
  })
  parameters?: ParameterFilter[] | null;

  @Field(() => [MetricFilter], {
    nullable: true,
    description: "Only runs for which all of these hold, each of a report or a model version that the run made.",
  })
  metrics?: MetricFilter[] | null;
}

@ArgsType()
class ReportArguments extends TaggedListArguments {
  @Field(() => [ReportTypeEnum], { nullable: true, description: "Only reports of one of these types." })
  reportTypes?: ReportType[] | null;

  @Field(() => [VerdictEnum], { nullable: true, description: "Only reports with one of these verdicts." })
  verdicts?: Verdict[] | null;

  @Field(() => ID, { nullable: true, description: "Only reports about this version, by id or key." })
  about?: string | null;

  @Field(() => ID, { nullable: true, description: "Only reports of this run." })
  run?: string | null;

  @Field(() => String, { nullable: true, description: "Only reports of runs of the plugin of this name." })
  plugin?: string | null;

  @Field(() => [MetricFilter], { nullable: true, description: "Only reports for which all of these hold." })
  metrics?: MetricFilter[] | null;

  @Field(() => MetricOrder, { nullable: true, description: "In place of orderBy." })
  orderByMetric?: MetricOrder | null;
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

/** Who knows what a run waits for. */
interface WaitingParts {
  readonly presence: Presence;
  readonly findUntaken: FindUntaken;
  readonly whyPipelineWaits: WhyPipelineWaits;
}

@Resolver(() => objectType(Run))
export class RunsResolver {
  readonly #reader: NodeReader;
  readonly #ranks: NodeRanks;
  readonly #operations: Operations;
  readonly #waiting: WaitingParts;

  constructor(parts: WaitingParts & { reader: NodeReader; ranks: NodeRanks; operations: Operations }) {
    this.#reader = parts.reader;
    this.#ranks = parts.ranks;
    this.#operations = parts.operations;
    this.#waiting = parts;
  }

  @Query(() => RunConnection)
  runs(@Args(() => RunArguments) args: RunArguments, @Ctx() context: Context) {
    const { states, runTypes: runType, kinds: kind, plugin, agent, triggeredBy } = args;
    const attributes = { runType, kind, "plugin.name": plugin };
    const values = runValues(args, context.principal);
    return listOf(this.#reader, Run, args, context, { states, attributes, agent, edges: { triggeredBy }, values });
  }

  @Query(() => ReportConnection)
  async reports(@Args(() => ReportArguments) args: ReportArguments, @Ctx() context: Context) {
    const { reportTypes: reportType, verdicts: verdict, run: parent, about, plugin, orderByMetric: order } = args;
    const ofPlugin =
      plugin == null ? null : { type: Run.name, attributes: [attributeIs(Run, "plugin.name", [plugin])] };
    const values = reportValues(args, context.principal);
    const conditions = { attributes: { reportType, verdict }, parent, parentIs: ofPlugin, edges: { about }, values };
    const filter = await filterOf(this.#reader, Report, args, context, conditions);
    return order ? this.#rankedReports(filter, order, args) : listNodes(this.#reader, filter, args.orderBy, args);
  }

  async #rankedReports(filter: NodeFilter, { name, direction }: MetricOrder, page: PageArguments) {
    checkName(name, ["orderByMetric", "name"]);
    const read = (asked: RankPage) => this.#ranks.own(filter, asked);
    const ranked = await rankedNodes({ name, direction, of: Report.name, read }, page);
    const counted = { ...filter, values: [...filter.values!, hasMetric(name)] };
    const count = () => countNodes(this.#reader, counted);
    return {
      ...ranked,
      get totalCount() {
        return count();
      },
    };
  }

  @FieldResolver(() => [RelatedNode], { description: "What the run made, by role." })
  async outputs(@Root() root: NodeValue, @Ctx() context: Context) {
    const outputs = root["outputs"] as { role: string; id: string }[];
    return Promise.all(outputs.map(async ({ role, id }) => ({ role, node: await context.loaders.node.load(id) })));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "What a queued run waits for, or the steps of a pipeline's run; null when it does not wait.",
  })
  whyWaiting(@Root() root: NodeValue): Promise<string | null> {
    const { presence, findUntaken, whyPipelineWaits } = this.#waiting;
    const run = root as never as NodeOf<typeof Run>;
    // Where NATS cannot be asked, the rest is true still.
    const untaken: FindUntaken = (one) => findUntaken(one).catch(() => null);
    const why = (one: NodeOf<typeof Run>) => whyWaiting(one, presence, untaken, Date.now());
    return run.runType === "PIPELINE" && run.plugin === null ? whyPipelineWaits(run, why) : why(run);
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
