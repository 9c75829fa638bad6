import type { Json } from "@clew/schema";
import { GraphQLSafeInt } from "graphql-scalars";
import { Field, ObjectType } from "type-graphql";
import type { z } from "zod";
import { PageInfo } from "../../../graphql/connection.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";

@ObjectType("FieldValue", { description: "What a field of a node held." })
export class FieldValue {
  @Field(() => Boolean, { description: "Whether it told of a person and was erased: `value` is null then." })
  isErased!: boolean;

  /** As its row has it, and what it is to be by its node's definition; null of an edge. */
  stored!: Json;
  schema!: z.ZodType | null;
}

@ObjectType("FieldChange", { simpleResolvers: true, description: "A field of a node that an entry changed." })
export class FieldChange {
  @Field(() => String, { description: "As the node's type has it; of an edge the ids of its ends." })
  field!: string;

  @Field(() => FieldValue, { nullable: true, description: "Null where there was none yet." })
  before!: FieldValue | null;

  @Field(() => FieldValue, { nullable: true })
  after!: FieldValue | null;
}

@ObjectType("NodeChange", { simpleResolvers: true, description: "What one fact changed of a node." })
export class NodeChangeType {
  @Field(() => GraphQLSafeInt, { description: "The ledger entry that says so." })
  ledgerSeq!: number;

  @Field(() => GraphQLDateTime, { description: "When it was recorded." })
  recordedAt!: number;

  @Field(() => String, { description: "The entry's type, as model-version.state-changed." })
  type!: string;

  @Field(() => [FieldChange], {
    description: "By the order of the type's fields; of a node that it made, all of them.",
  })
  fields!: readonly FieldChange[];
}

@ObjectType("NodeChangeEdge", { simpleResolvers: true })
export class NodeChangeEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => NodeChangeType)
  node!: NodeChangeType;
}

@ObjectType("NodeChangeConnection", { simpleResolvers: true })
export class NodeChangeConnection {
  @Field(() => [NodeChangeEdge])
  edges!: readonly NodeChangeEdge[];

  @Field(() => [NodeChangeType], { description: "The nodes of the edges." })
  nodes!: readonly NodeChangeType[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
