import { Args, Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import type { NodeDefinition } from "../../../core/define-node.ts";
import type { Context } from "../../../graphql/context.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node, objectType } from "../../../graphql/node-type.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { TagRow } from "../../../ports/tags.ts";
import { TimeArguments } from "../../catalog/index.ts";

/** What both have; no type of the schema by itself. */
@ObjectType("Belief")
class Belief {
  @Field(() => GraphQLDateTime, { description: "Since when it is true." })
  validFrom!: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Until when; null: to this day." })
  validTo!: number | null;

  @Field(() => GraphQLSafeInt, { description: "The ledger entry that says so." })
  ledgerSeq!: number;
}

@ObjectType("Alias", { description: "A name of a version, as production, that may move to another." })
export class AliasType extends Belief {
  @Field(() => String)
  alias!: string;

  @Field(() => Node)
  version!: NodeValue;
}

@ObjectType("Tag", { description: "A word about a node." })
export class TagType extends Belief {
  @Field(() => String)
  key!: string;

  @Field(() => String)
  value!: string;
}

const belief = ({ validFrom, validTo, recordedSeq }: TagRow) => ({ validFrom, validTo, ledgerSeq: recordedSeq });

/** `tags` of a node. */
export function tagsResolver(definition: NodeDefinition): object {
  @Resolver(() => objectType(definition))
  class TagsResolver {
    @FieldResolver(() => [TagType], { description: "By key." })
    async tags(@Root() root: NodeValue, @Args(() => TimeArguments) time: TimeArguments, @Ctx() context: Context) {
      const rows = await context.loaders.tags.load({ kind: "TAG", column: "node", id: root.id, ...time.asTime() });
      return rows.map((row) => ({ ...belief(row), key: row.key, value: row.value }));
    }
  }
  return new TagsResolver();
}

/** `aliases` of an asset (every name of its versions), or of one of its versions. */
export function aliasesResolver(definition: NodeDefinition): object {
  const column = definition.kind === "asset" ? ("node" as const) : ("value" as const);

  @Resolver(() => objectType(definition))
  class AliasesResolver {
    @FieldResolver(() => [AliasType], { description: "By name." })
    async aliases(@Root() root: NodeValue, @Args(() => TimeArguments) time: TimeArguments, @Ctx() context: Context) {
      const rows = await context.loaders.tags.load({ kind: "ALIAS", column, id: root.id, ...time.asTime() });
      const alias = async (row: TagRow) => ({
        ...belief(row),
        alias: row.key,
        version: await context.loaders.node.load(row.value),
      });
      return Promise.all(rows.map(alias));
    }
  }
  return new AliasesResolver();
}
