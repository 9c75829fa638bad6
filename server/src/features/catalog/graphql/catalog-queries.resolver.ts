import { NodeId, parseKey, typeOfId } from "@clew/schema";
import { Arg, Args, Ctx, ID, Query, Resolver } from "type-graphql";
import type { NodeState } from "../../../core/graph-change.ts";
import { connectionType, listNodes } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { type NodeValue, nodeValue } from "../../../graphql/node-value.ts";
import { Node, objectType } from "../../../graphql/node-type.ts";
import type { NodeHistoryReader } from "../../../ports/node-history.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { DatasetVersion } from "../dataset-version.node.ts";
import { Dataset } from "../dataset.node.ts";
import { type KeyedType, findByKey, findNodes } from "../find-by-key.ts";
import { findForSearch } from "../find-for-search.ts";
import { ModelVersion } from "../model-version.node.ts";
import { Model } from "../model.node.ts";
import { listFilter, SearchArguments } from "./list-arguments.ts";
import { TimeArguments } from "./time-arguments.ts";

const NodeConnection = connectionType("Node", Node);

@Resolver()
export class CatalogQueries {
  readonly #reader: NodeReader;
  readonly #history: NodeHistoryReader;
  readonly #searched: readonly string[];

  /** `searched`: the types that `search` looks through. */
  constructor(reader: NodeReader, history: NodeHistoryReader, searched: readonly string[]) {
    this.#reader = reader;
    this.#history = history;
    this.#searched = searched;
  }

  @Query(() => Node, { nullable: true, description: "Any node by its id. Missing and forbidden look the same: null." })
  async node(@Arg("id", () => ID) id: string, @Ctx() context: Context): Promise<NodeValue | null> {
    if (!NodeId.safeParse(id).success) return null;
    const [state] = await this.#reader.byIds([id]);
    const value = state && nodeValue(state);
    return value && mayRead(context.principal, value) ? value : null;
  }

  @Query(() => [Node], {
    description:
      "What a key names: an asset, or a version of it with @3, @latest or @alias. Assets of several types may have the same key.",
  })
  async find(
    @Arg("key", () => String) key: string,
    @Args(() => TimeArguments) time: TimeArguments,
    @Ctx() { principal }: Context,
  ): Promise<NodeValue[]> {
    const found = await findNodes(this.#reader, principal, key, time.asTime());
    return Promise.all(found.map((state) => this.#asKnown(state, time)));
  }

  @Query(() => objectType(Dataset), { nullable: true, description: "A dataset by its key, namespace/name." })
  dataset(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey("Dataset", key, "Dataset", new TimeArguments(), context);
  }

  @Query(() => objectType(DatasetVersion), {
    nullable: true,
    description: "By key: namespace/name@3, namespace/name@latest or, with an alias, namespace/name@production.",
  })
  datasetVersion(
    @Arg("key", () => String) key: string,
    @Args(() => TimeArguments) time: TimeArguments,
    @Ctx() context: Context,
  ) {
    return this.#byKey("Dataset", key, "DatasetVersion", time, context);
  }

  @Query(() => objectType(Model), { nullable: true, description: "A model by its key, namespace/name." })
  model(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey("Model", key, "Model", new TimeArguments(), context);
  }

  @Query(() => objectType(ModelVersion), {
    nullable: true,
    description: "By key: namespace/name@3, namespace/name@latest or, with an alias, namespace/name@production.",
  })
  modelVersion(
    @Arg("key", () => String) key: string,
    @Args(() => TimeArguments) time: TimeArguments,
    @Ctx() context: Context,
  ) {
    return this.#byKey("Model", key, "ModelVersion", time, context);
  }

  @Query(() => NodeConnection, {
    description:
      "Everything with a name that holds this text, and what it is the key of (namespace/name, and @3 or @alias behind it), the digest of (its first 8 hex digits or more) or the commit of (7 or more).",
  })
  async search(
    @Arg("text", () => String) text: string,
    @Args(() => SearchArguments) args: SearchArguments,
    @Ctx() context: Context,
  ) {
    const found = await listFilter(this.#searched, args, context);
    const alsoIds = found.types.length === 0 ? [] : await findForSearch(this.#reader, context.principal, text, found);
    const filter = { ...found, nameContains: text, personalNames: true, alsoIds };
    return listNodes(this.#reader, filter, args.orderBy, args);
  }

  async #byKey(
    type: KeyedType,
    key: string,
    wanted: string,
    time: TimeArguments,
    context: Context,
  ): Promise<NodeValue | null> {
    const state = await findByKey(this.#reader, type, key, time.asTime());
    const value = state && typeOfId(state.id) === wanted ? await this.#asKnown(state, time) : null;
    if (value && mayRead(context.principal, value)) return value;
    if (isAlias(key)) throw noAlias(key);
    return null;
  }

  /** The node that a key named as it was known then: what became of it since is not shown. */
  async #asKnown(state: NodeState, { knownAt }: TimeArguments): Promise<NodeValue> {
    const isOlder = state.changedSeq <= (knownAt ?? Infinity);
    return nodeValue((isOlder ? null : await this.#history.asKnownAt(state.id, knownAt!)) ?? state);
  }
}

function isAlias(key: string): boolean {
  const version = parseKey(key)?.version;
  return typeof version === "string" && version !== "latest";
}

/** Says the same of an alias that is not there, of an asset that is not there, and of one that the caller may not read. */
function noAlias(key: string) {
  return clientError("NOT_FOUND", `there is no ${key}, or none that you may read`, { path: ["key"] });
}
