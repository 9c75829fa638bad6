import { NodeId, typeOfId } from "@clew/schema";
import { Arg, Args, ArgsType, Ctx, Field, ID, Int, Query, Resolver, registerEnumType } from "type-graphql";
import { connectionType, listNodes } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { Node, type NodeValue, nodeValue, objectType } from "../../../graphql/node-type.ts";
import { readable } from "../../../graphql/principal.ts";
import type { NodeFilter, NodeOrder, NodeReader } from "../../../ports/node-reader.ts";
import { CodeVersion } from "../code.node.ts";
import { DatasetVersion } from "../dataset-version.node.ts";
import { Dataset } from "../dataset.node.ts";
import { type KeyedType, findByKey } from "../find-by-key.ts";
import { ModelVersion } from "../model-version.node.ts";
import { Model } from "../model.node.ts";

const DatasetConnection = connectionType("Dataset", objectType(Dataset));
const ModelConnection = connectionType("Model", objectType(Model));
const CodeVersionConnection = connectionType("CodeVersion", objectType(CodeVersion));
const NodeConnection = connectionType("Node", Node);

const NodeOrderEnum = { NEWEST: "NEWEST", OLDEST: "OLDEST", NAME: "NAME" } as const;
registerEnumType(NodeOrderEnum, { name: "NodeOrder" });

/** What every list takes. */
@ArgsType()
export class ListArguments {
  @Field(() => String, { nullable: true, description: "Only this namespace." })
  namespace?: string;

  @Field(() => String, { nullable: true, description: "Only names that hold this text, whatever the case." })
  nameContains?: string;

  @Field(() => NodeOrderEnum, { defaultValue: "NEWEST" })
  orderBy!: NodeOrder;

  @Field(() => Int, { nullable: true, description: "At most this many, 1 to 500; 50 when left out." })
  first?: number;

  @Field(() => String, { nullable: true, description: "The endCursor of the page before." })
  after?: string;
}

@Resolver()
export class CatalogQueries {
  readonly #reader: NodeReader;
  readonly #searched: readonly string[];

  /** `searched`: the types that `search` looks through. */
  constructor(reader: NodeReader, searched: readonly string[]) {
    this.#reader = reader;
    this.#searched = searched;
  }

  @Query(() => Node, { nullable: true, description: "Any node by its id. Missing and forbidden look the same: null." })
  async node(@Arg("id", () => ID) id: string, @Ctx() context: Context): Promise<NodeValue | null> {
    if (!NodeId.safeParse(id).success) return null;
    const [state] = await this.#reader.byIds([id]);
    const value = state && nodeValue(state);
    return value && mayRead(context.principal, value) ? value : null;
  }

  @Query(() => objectType(Dataset), { nullable: true, description: "A dataset by its key, namespace/name." })
  dataset(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey("Dataset", key, "Dataset", context);
  }

  @Query(() => objectType(DatasetVersion), {
    nullable: true,
    description: "By key: namespace/name@3 or namespace/name@latest.",
  })
  datasetVersion(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey("Dataset", key, "DatasetVersion", context);
  }

  @Query(() => objectType(Model), { nullable: true, description: "A model by its key, namespace/name." })
  model(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey("Model", key, "Model", context);
  }

  @Query(() => objectType(ModelVersion), {
    nullable: true,
    description: "By key: namespace/name@3 or namespace/name@latest.",
  })
  modelVersion(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey("Model", key, "ModelVersion", context);
  }

  @Query(() => DatasetConnection)
  datasets(@Args(() => ListArguments) args: ListArguments, @Ctx() context: Context) {
    return this.#list(["Dataset"], args, context);
  }

  @Query(() => ModelConnection)
  models(@Args(() => ListArguments) args: ListArguments, @Ctx() context: Context) {
    return this.#list(["Model"], args, context);
  }

  @Query(() => CodeVersionConnection)
  codeVersions(@Args(() => ListArguments) args: ListArguments, @Ctx() context: Context) {
    return this.#list(["CodeVersion"], args, context);
  }

  @Query(() => NodeConnection, { description: "Everything with a name that holds this text." })
  search(
    @Arg("text", () => String) text: string,
    @Args(() => ListArguments) args: ListArguments,
    @Ctx() context: Context,
  ) {
    return this.#list(this.#searched, Object.assign(new ListArguments(), args, { nameContains: text }), context);
  }

  async #byKey(type: KeyedType, key: string, wanted: string, context: Context): Promise<NodeValue | null> {
    const state = await findByKey(this.#reader, type, key);
    if (state === null || typeOfId(state.id) !== wanted) return null;
    const value = nodeValue(state);
    return mayRead(context.principal, value) ? value : null;
  }

  #list(types: readonly string[], args: ListArguments, context: Context) {
    return listNodes(this.#reader, listFilter(types, args, context), args.orderBy, args);
  }
}

/** A list's filter, narrowed to what the caller may read. */
export function listFilter(types: readonly string[], args: ListArguments, context: Context): NodeFilter {
  // An attempt reads its run and that run's inputs by their ids, and lists nothing.
  if (context.principal.attempt) return { types: [], namespaces: [] };
  const allowed = readable(context.principal);
  const namespaces =
    args.namespace === undefined ? allowed : [args.namespace].filter((one) => allowed?.includes(one) ?? true);
  return { types, namespaces, ...(args.nameContains === undefined ? {} : { nameContains: args.nameContains }) };
}
