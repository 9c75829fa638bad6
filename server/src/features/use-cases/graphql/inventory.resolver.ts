import { RiskTier, UseCaseState } from "@clew/schema";
import { Args, ArgsType, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import type { NodeState } from "../../../core/graph-change.ts";
import { decodeCursor, encodeCursor, PageInfo, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { enumTypeOf, objectTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { isHidden, objectType } from "../../../graphql/node-type.ts";
import { listable } from "../../../graphql/principal.ts";
import { attributeIs, type NodeCursor, type NodeFilter, type NodeReader } from "../../../ports/node-reader.ts";
import { agentsNamed } from "../../access/index.ts";
import { Alert } from "../../alerts/index.ts";
import { Model, ModelVersion } from "../../catalog/index.ts";
import { Deployment, Endpoint } from "../../deployments/index.ts";
import { type InventoryIds, inventoryOf } from "../inventory.ts";
import { KpiValue } from "../kpi-value.node.ts";
import { Kpi, UseCase } from "../use-case.node.ts";

/** Use cases on one page; each has a row of lists. */
const ROWS_MAX = 100;
export const INVENTORY_COST = 50;

@ObjectType("KpiStanding", { simpleResolvers: true, description: "A KPI of a use case, and what it came to last." })
class KpiStanding {
  @Field(() => objectTypeOf(Kpi))
  kpi!: Kpi;

  @Field(() => objectType(KpiValue), { nullable: true, description: "Of the latest period that was told of." })
  last!: NodeValue | null;
}

@ObjectType("InventoryRow", { simpleResolvers: true, description: "A use case, and what stands beside it now." })
class InventoryRow {
  @Field(() => objectType(UseCase))
  useCase!: NodeValue;

  @Field(() => Boolean, { description: "Whether its next review was due before now." })
  isReviewOverdue!: boolean;

  @Field(() => [objectType(Model)], { description: "That are for it." })
  models!: NodeValue[];

  @Field(() => [objectType(ModelVersion)], { description: "Of its models or at its endpoints, that are served now." })
  versionsInService!: NodeValue[];

  @Field(() => [objectType(Endpoint)], { description: "That are for it, or serve a version of its models." })
  endpoints!: NodeValue[];

  @Field(() => [objectType(Deployment)], { description: "That these endpoints serve now." })
  deployments!: NodeValue[];

  @Field(() => [KpiStanding])
  kpis!: KpiStanding[];

  @Field(() => [objectType(Alert)], {
    description:
      "About the use case, its deployments or its versions in service, that nobody has resolved: the newest 20.",
  })
  openAlerts!: NodeValue[];

  @Field(() => Int)
  openAlertCount!: number;
}

@ObjectType("Inventory", { simpleResolvers: true })
class Inventory {
  @Field(() => [InventoryRow])
  rows!: InventoryRow[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Boolean, {
    description: "False where more is served or open than one page looks at; ask for smaller pages.",
  })
  isComplete!: boolean;
}

@ArgsType()
class InventoryArguments {
  @Field(() => [String], { nullable: true, description: "Only use cases of these namespaces." })
  namespaces?: string[] | null;

  @Field(() => [enumTypeOf(RiskTier)], { nullable: true })
  riskTiers?: RiskTier[] | null;

  @Field(() => [enumTypeOf(UseCaseState)], { nullable: true, description: "All when left out, retired ones too." })
  states?: UseCaseState[] | null;

  @Field(() => ID, { nullable: true, description: "Only what this agent answers for: its id or name." })
  owner?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Only those whose next review was due before now, or is not." })
  reviewOverdue?: boolean | null;

  @Field(() => Int, { nullable: true, description: "At most this many, 1 to 100; 50 when left out." })
  first?: number;

  @Field(() => String, { nullable: true, description: "The endCursor of the page before." })
  after?: string;
}

@Resolver()
export class InventoryQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => Inventory, {
    complexity: INVENTORY_COST,
    description: "Use cases by name, with their models, what is served of them, how they do, and what is open.",
  })
  async inventory(
    @Args(() => InventoryArguments) args: InventoryArguments,
    @Ctx() context: Context,
  ): Promise<Inventory> {
    const size = rowCount(args.first);
    const now = Date.now();
    const found = await this.#useCases(args, await this.#filter(args, context), size + 1, now);
    const page = found.slice(0, size);
    const { rows, isComplete } = await inventoryOf(this.#reader, page, listable(context.principal));
    const last = page.at(-1);
    return {
      rows: await Promise.all(rows.map((row) => shown(row, now, context))),
      pageInfo: { hasNextPage: found.length > size, endCursor: last ? cursorOf(last) : null },
      isComplete,
    };
  }

  async #filter(
    { namespaces, riskTiers, states, owner }: InventoryArguments,
    { principal }: Context,
  ): Promise<NodeFilter> {
    const owners = owner == null ? null : await agentsNamed(this.#reader, "owner", owner);
    const attributes = [
      ...(riskTiers ? [attributeIs(UseCase, "riskTier", riskTiers)] : []),
      ...(owners ? [attributeIs(UseCase, "owner", owners)] : []),
    ];
    return {
      types: [UseCase.name],
      namespaces: listable(principal, namespaces),
      attributes,
      ...(states ? { states } : {}),
    };
  }

  /** By name, as many as are asked for: whether a review is overdue no index knows. */
  async #useCases(
    { after, reviewOverdue }: InventoryArguments,
    filter: NodeFilter,
    wanted: number,
    now: number,
  ): Promise<NodeState[]> {
    const found: NodeState[] = [];
    for (let from = after == null ? null : cursorFrom(after); ; ) {
      const page = await this.#reader.list(filter, "NAME", from, wanted);
      found.push(
        ...page.filter((state) => reviewOverdue == null || isOverdue(state.attributes, now) === reviewOverdue),
      );
      const last = page.at(-1);
      if (found.length >= wanted || last === undefined || page.length < wanted) return found.slice(0, wanted);
      from = nodeCursor(last);
    }
  }
}

export function rowCount(first: number | undefined): number {
  const size = pageSize(first);
  if (size > ROWS_MAX) throw clientError("INVALID_INPUT", `first must be 1 to ${ROWS_MAX}`, { path: ["first"] });
  return size;
}

function isOverdue({ nextReviewAt }: { readonly nextReviewAt?: unknown }, now: number): boolean {
  return typeof nextReviewAt === "number" && nextReviewAt < now;
}

async function shown({ useCase, ...ids }: InventoryIds, now: number, { loaders }: Context): Promise<InventoryRow> {
  const load = async (some: readonly string[]) => {
    const found = await Promise.all(some.map((id) => loaders.node.load(id)));
    return found.filter((value) => !isHidden(value));
  };
  const standing = async (kpi: Kpi): Promise<KpiStanding> => {
    const last = useCase.lastKpis.find(({ name }) => name === kpi.name);
    return { kpi, last: last ? await loaders.node.load(last.value) : null };
  };
  const [self, models, versionsInService, endpoints, deployments, openAlerts, kpis] = await Promise.all([
    loaders.node.load(useCase.id),
    load(ids.models),
    load(ids.versionsInService),
    load(ids.endpoints),
    load(ids.deployments),
    load(ids.alerts),
    Promise.all(useCase.kpis.map(standing)),
  ]);
  return {
    useCase: self,
    isReviewOverdue: isOverdue(useCase, now),
    models,
    versionsInService,
    endpoints,
    deployments,
    kpis,
    openAlerts,
    openAlertCount: ids.alertCount,
  };
}

function nodeCursor({ createdSeq, id, attributes }: NodeState): NodeCursor {
  return { createdSeq, name: attributes["name"] as string, id };
}

function cursorOf(state: NodeState): string {
  const { createdSeq, name, id } = nodeCursor(state);
  return encodeCursor(["inventory", createdSeq, name, id]);
}

function cursorFrom(cursor: string): NodeCursor {
  const [, createdSeq, name, id] = decodeCursor(cursor, ["string", "number", "string", "string"]);
  return { createdSeq: Number(createdSeq), name: String(name), id: String(id) };
}
