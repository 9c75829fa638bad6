import { ArgsType, Field, ID, InputType, Int, registerEnumType } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import { listable } from "../../../graphql/principal.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { NodeFilter, NodeOrder } from "../../../ports/node-reader.ts";

const NodeOrderEnum = { NEWEST: "NEWEST", OLDEST: "OLDEST", NAME: "NAME" } as const;
registerEnumType(NodeOrderEnum, { name: "NodeOrder" });

/** What every list takes: which part of it, in which order, from which time. */
@ArgsType()
export class OrderedPageArguments {
  @Field(() => NodeOrderEnum, { defaultValue: "NEWEST" })
  orderBy!: NodeOrder;

  @Field(() => Int, { nullable: true, description: "At most this many, 1 to 500; 50 when left out." })
  first?: number;

  @Field(() => String, { nullable: true, description: "The endCursor of the page before." })
  after?: string;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "Only what the ledger has recorded at this time or later, whenever it happened elsewhere.",
  })
  since?: number | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Only what the ledger has recorded before this time." })
  until?: number | null;
}

/** What a list of things without a namespace takes. */
@ArgsType()
export class NamedListArguments extends OrderedPageArguments {
  @Field(() => String, { nullable: true, description: "Only names that hold this text, whatever the case." })
  nameContains?: string | null;
}

/** What every other list takes. */
@ArgsType()
export class ListArguments extends NamedListArguments {
  @Field(() => String, { nullable: true, description: "Only this namespace." })
  namespace?: string | null;
}

@InputType("TagFilterInput")
class TagFilter {
  @Field(() => String)
  key!: string;

  @Field(() => String, { nullable: true, description: "Any value when left out." })
  value?: string | null;
}

const TAGS = "Only those that have all of these tags now.";

/** What a list of things that may have tags takes. */
@ArgsType()
export class TaggedListArguments extends ListArguments {
  @Field(() => [TagFilter], { nullable: true, description: TAGS })
  tags?: TagFilter[] | null;
}

/** What a list of things without namespace and name takes. */
@ArgsType()
export class UnnamedListArguments extends OrderedPageArguments {
  @Field(() => [TagFilter], { nullable: true, description: TAGS })
  tags?: TagFilter[] | null;
}

/** What `search` takes besides its text. */
@ArgsType()
export class SearchArguments extends UnnamedListArguments {
  @Field(() => String, { nullable: true, description: "Only this namespace." })
  namespace?: string | null;
}

/** What a list of things with an author of their own takes. */
@ArgsType()
export class AttributedListArguments extends TaggedListArguments {
  @Field(() => ID, {
    nullable: true,
    description: "Only what this agent or runner established: its id, or an agent's name.",
  })
  agent?: string | null;
}

export type Asked = OrderedPageArguments & Partial<Pick<TaggedListArguments, "namespace" | "nameContains" | "tags">>;

/** A list's filter, narrowed to what the caller may read. */
export async function listFilter(types: readonly string[], args: Asked, context: Context): Promise<NodeFilter> {
  // An attempt reads its run and that run's inputs by their ids, and lists nothing.
  if (context.principal.attempt) return { types: [], namespaces: [] };
  const { namespace, nameContains } = args;
  return {
    types,
    namespaces: listable(context.principal, namespace == null ? null : [namespace]),
    ...(nameContains == null ? {} : { nameContains }),
    ...tagged(args),
    ...(await created(args, context)),
  };
}

function tagged({ tags }: Asked): Pick<NodeFilter, "tagged"> {
  if (!tags) return {};
  return { tagged: { tags: tags.map(({ key, value }) => ({ key, value: value ?? null })), at: Date.now() } };
}

async function created({ since, until }: Asked, { firstEntryAt }: Context): Promise<Pick<NodeFilter, "created">> {
  if (since == null && until == null) return {};
  const fromSeq = since == null ? {} : { fromSeq: await firstEntryAt(since) };
  const untilSeq = until == null ? {} : { untilSeq: await firstEntryAt(until) };
  return { created: { ...fromSeq, ...untilSeq } };
}
