import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { ARROW_TYPES } from "../../../core/arrows.ts";
import { PageInfo } from "../../../graphql/connection.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node } from "../../../graphql/node-type.ts";

const asEnum = (values: readonly string[]) => Object.fromEntries(values.map((value) => [value, value]));

export const ArrowTypeEnum = asEnum(ARROW_TYPES);
registerEnumType(ArrowTypeEnum, {
  name: "ArrowType",
  description: "Every arrow points from the later thing to what it came from.",
});

export const DirectionEnum = asEnum(["UPSTREAM", "DOWNSTREAM"]);
registerEnumType(DirectionEnum, {
  name: "LineageDirection",
  description: "UPSTREAM: what a thing was made from. DOWNSTREAM: what was made from it.",
});

export const FamilyEnum = asEnum(["MATERIAL", "SUBJECT", "CAUSAL"]);
registerEnumType(FamilyEnum, {
  name: "ArrowFamily",
  description:
    "MATERIAL: what a thing is made of. SUBJECT: what a report, decision or deployment speaks of. CAUSAL: what led to it, and who.",
});

export const PartialReasonEnum = asEnum(["DEPTH", "SIZE", "TIME", "NO_ACCESS", "UNKNOWN_INPUTS", "UNKNOWN_COLUMNS"]);
registerEnumType(PartialReasonEnum, {
  name: "PartialReason",
  description: "Why there may be more than the answer shows.",
});

@ObjectType("LineageVia", {
  simpleResolvers: true,
  description: "An arrow that ties a node to one that is a step nearer to the start.",
})
export class LineageVia {
  @Field(() => ArrowTypeEnum)
  arrow!: string;

  @Field(() => String, { nullable: true })
  role!: string | null;

  @Field(() => ID)
  nearer!: string;
}

@ObjectType("LineageEdge", { simpleResolvers: true, description: "A node that a walk reached, and how." })
export class LineageEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Int, { description: "Length of the shortest way from the start." })
  depth!: number;

  @Field(() => [LineageVia])
  via!: LineageVia[];

  @Field(() => Node)
  node!: NodeValue;
}

@ObjectType("LineageConnection", { simpleResolvers: true, description: "Nodes that a walk reached, nearest first." })
export class LineageConnection {
  @Field(() => [LineageEdge])
  edges!: LineageEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Boolean, { description: "Whether the walk left something out, of which `reasons` tell." })
  isPartial!: boolean;

  @Field(() => [PartialReasonEnum])
  reasons!: string[];

  @Field(() => GraphQLSafeInt, { description: "The ledger entry up to which the graph answered." })
  ledgerSeq!: number;
}

@ObjectType("LineagePath", {
  simpleResolvers: true,
  description: "A shortest path from the later node to the earlier one.",
})
export class LineagePath {
  @Field(() => [Node])
  nodes!: NodeValue[];

  @Field(() => [ArrowTypeEnum], { description: "The arrows between the nodes, one fewer than the nodes." })
  arrows!: readonly string[];
}

@ObjectType("TypeCount", { simpleResolvers: true })
export class TypeCount {
  @Field(() => String)
  type!: string;

  @Field(() => Int)
  count!: number;
}

@ObjectType("LineageCounts", {
  simpleResolvers: true,
  description: "How many nodes a walk reaches, by type; the start is not counted.",
})
export class LineageCounts {
  @Field(() => [TypeCount])
  byType!: TypeCount[];

  @Field(() => Int)
  total!: number;

  @Field(() => Boolean)
  isPartial!: boolean;

  @Field(() => [PartialReasonEnum])
  reasons!: readonly string[];

  @Field(() => GraphQLSafeInt)
  ledgerSeq!: number;
}
