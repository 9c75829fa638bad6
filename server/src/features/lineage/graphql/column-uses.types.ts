import { ColumnLineage } from "@clew/schema";
import { Field, Int, ObjectType } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { PageInfo } from "../../../graphql/connection.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node } from "../../../graphql/node-type.ts";
import { PartialReasonEnum } from "./lineage.types.ts";

@ObjectType("ColumnStep", {
  simpleResolvers: true,
  description: "A column that was made of one that is a step nearer to the column that was asked about.",
})
export class ColumnStep {
  @Field(() => Node, { description: "The version that has it." })
  version!: NodeValue;

  @Field(() => String)
  column!: string;

  @Field(() => enumTypeOf(ColumnLineage.shape.via), { description: "How it was made of the nearer one." })
  via!: string;

  @Field(() => String, { nullable: true })
  expression!: string | null;

  @Field(() => Boolean, { description: "Whether it hides what the nearer one says." })
  masking!: boolean;
}

@ObjectType("ColumnFeature", { simpleResolvers: true, description: "A feature of a model that comes from a column." })
export class ColumnFeature {
  @Field(() => String)
  name!: string;

  @Field(() => [ColumnStep], {
    description: "A shortest way: first the feature itself, last what was made of the column that was asked about.",
  })
  steps!: readonly ColumnStep[];
}

@ObjectType("ColumnUse", { simpleResolvers: true, description: "A model version that uses a column, and as what." })
export class ColumnUse {
  @Field(() => String)
  cursor!: string;

  @Field(() => Node, { description: "The model version." })
  node!: NodeValue;

  @Field(() => Int, { description: "How many of its features come from the column." })
  featureCount!: number;

  @Field(() => [ColumnFeature], { description: "By name, the first 100." })
  features!: readonly ColumnFeature[];
}

@ObjectType("ColumnUseConnection", { simpleResolvers: true, description: "Model versions that use a column." })
export class ColumnUseConnection {
  @Field(() => [ColumnUse], { description: "Newest first." })
  edges!: readonly ColumnUse[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => [Node], {
    description:
      "Versions that were made of the dataset and do not say of which columns, the first 100: they may use it, and what was made of them.",
  })
  untold!: readonly NodeValue[];

  @Field(() => Boolean, { description: "Whether there may be more than the pages show, of which `reasons` tell." })
  isPartial!: boolean;

  @Field(() => [PartialReasonEnum])
  reasons!: readonly string[];

  @Field(() => GraphQLSafeInt, { description: "The ledger entry up to which the graph answered." })
  ledgerSeq!: number;
}
