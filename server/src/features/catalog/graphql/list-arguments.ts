import { ArgsType, Field, InputType, Int, registerEnumType } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import { readable } from "../../../graphql/principal.ts";
import type { NodeFilter, NodeOrder } from "../../../ports/node-reader.ts";

const NodeOrderEnum = { NEWEST: "NEWEST", OLDEST: "OLDEST", NAME: "NAME" } as const;
registerEnumType(NodeOrderEnum, { name: "NodeOrder" });

/** Which part of a list, and in which order. */
@ArgsType()
export class OrderedPageArguments {
  @Field(() => NodeOrderEnum, { defaultValue: "NEWEST" })
  orderBy!: NodeOrder;

  @Field(() => Int, { nullable: true, description: "At most this many, 1 to 500; 50 when left out." })
  first?: number;

  @Field(() => String, { nullable: true, description: "The endCursor of the page before." })
  after?: string;
}

/** What a list of things without a namespace takes. */
@ArgsType()
export class NamedListArguments extends OrderedPageArguments {
  @Field(() => String, { nullable: true, description: "Only names that hold this text, whatever the case." })
  nameContains?: string;
}

/** What every other list takes. */
@ArgsType()
export class ListArguments extends NamedListArguments {
  @Field(() => String, { nullable: true, description: "Only this namespace." })
  namespace?: string;
}

@InputType("TagFilterInput")
class TagFilter {
  @Field(() => String)
  key!: string;

  @Field(() => String, { nullable: true, description: "Any value when left out." })
  value?: string | null;
}

/** What a list of things that may have tags takes. */
@ArgsType()
export class TaggedListArguments extends ListArguments {
  @Field(() => [TagFilter], { nullable: true, description: "Only those that have all of these tags now." })
  tags?: TagFilter[];
}

/** What `search` takes besides its text. */
@ArgsType()
export class SearchArguments extends OrderedPageArguments {
  @Field(() => String, { nullable: true, description: "Only this namespace." })
  namespace?: string;

  @Field(() => [TagFilter], { nullable: true, description: "Only those that have all of these tags now." })
  tags?: TagFilter[];
}

type Asked = OrderedPageArguments & Partial<Pick<TaggedListArguments, "namespace" | "nameContains" | "tags">>;

/** A list's filter, narrowed to what the caller may read. */
export function listFilter(types: readonly string[], args: Asked, context: Context): NodeFilter {
  // An attempt reads its run and that run's inputs by their ids, and lists nothing.
  if (context.principal.attempt) return { types: [], namespaces: [] };
  const allowed = readable(context.principal);
  const namespaces =
    args.namespace === undefined ? allowed : [args.namespace].filter((one) => allowed?.includes(one) ?? true);
  return {
    types,
    namespaces,
    ...(args.nameContains === undefined ? {} : { nameContains: args.nameContains }),
    ...tagged(args),
  };
}

function tagged({ tags }: Asked): Pick<NodeFilter, "tagged"> {
  if (!tags) return {};
  return { tagged: { tags: tags.map(({ key, value }) => ({ key, value: value ?? null })), at: Date.now() } };
}
