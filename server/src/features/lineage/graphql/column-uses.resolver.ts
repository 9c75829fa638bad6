import { type Column, formatKey, typeOfId } from "@clew/schema";
import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { arrowsOf } from "../../../core/arrows.ts";
import { documentReference } from "../../../core/document.ts";
import type { NodeState } from "../../../core/graph-change.ts";
import { decodeCursor, encodeCursor, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import type { LineageGraph, WalkResult } from "../../../ports/lineage-graph.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { Dataset, DatasetVersion, ModelVersion } from "../../catalog/index.ts";
import { ColumnFlow, type ColumnPlace, type VersionColumns } from "../column-flow.ts";
import { type ReadVersions, readVersions } from "../read-versions.ts";
import { type ColumnFeature, type ColumnStep, type ColumnUse, ColumnUseConnection } from "./column-uses.types.ts";
import { available, type GraphProgress, NODES_MAX, TIMEOUT_MS, WALK_COST, walkStart } from "./walk-start.ts";

/** Versions whose columns one question looks at: the nearest. */
const VERSIONS_MAX = 5_000;
const FEATURES_MAX = 100;
const UNTOLD_MAX = 100;

@Resolver()
export class ColumnUsesResolver {
  readonly #graph: LineageGraph;
  readonly #reader: NodeReader;
  readonly #progress: GraphProgress;

  constructor(graph: LineageGraph, reader: NodeReader, progress: GraphProgress) {
    this.#graph = graph;
    this.#reader = reader;
    this.#progress = progress;
  }

  @Query(() => ColumnUseConnection, {
    complexity: WALK_COST,
    description:
      "Which model versions use a column of a dataset, and as which features: by what each run said of its outputs' columns, through as many datasets as lie between.",
  })
  async columnUses(
    @Arg("dataset", () => ID, { description: "A dataset, or one version of it: an id or a key." }) dataset: string,
    @Arg("column", () => String) column: string,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true, description: "Newest versions come first." })
    after: string | undefined,
    @Arg("minSeq", () => GraphQLSafeInt, {
      nullable: true,
      description: "Fail with GRAPH_BEHIND unless the graph has taken in this ledger entry.",
    })
    minSeq: number | undefined,
    @Ctx() context: Context,
  ): Promise<ColumnUseConnection> {
    const size = pageSize(first);
    const from = useCursor(after);
    const start = await walkStart({ reader: this.#reader, progress: this.#progress }, dataset, { minSeq }, context);
    requireDataset(start);
    const walk = await this.#walk(start.id, context);
    const ids = walk.hits.map(({ id }) => id);
    const read = await readVersions(this.#reader, context.principal, [start.id, ...ids].filter(isVersion));
    const starts = startsOf(start, walk);
    const flow = new ColumnFlow(read.versions, starts, column);
    const users = usersOf(flow, read.versions);
    const untold = flow.untold();
    if (users.length === 0 && untold.length === 0) await this.#requireColumn(starts, read.versions, column, context);
    const page = users.filter((user) => from === null || isBehind(user, from)).slice(0, size + 1);
    const edges = await Promise.all(page.slice(0, size).map((user) => shownUse(user, flow, context)));
    const reasons = reasonsOf(walk, read, untold, starts);
    return {
      edges,
      pageInfo: { hasNextPage: page.length > size, endCursor: edges.at(-1)?.cursor ?? null },
      untold: await Promise.all(untold.slice(0, UNTOLD_MAX).map((id) => context.loaders.node.load(id))),
      isPartial: reasons.length > 0,
      reasons,
      ledgerSeq: walk.position.seq,
    };
  }

  #walk(start: string, { signal }: Context): Promise<WalkResult> {
    return available(() =>
      this.#graph.walk({
        start,
        direction: "DOWNSTREAM",
        arrows: arrowsOf(["material"]),
        types: [DatasetVersion.name, ModelVersion.name],
        maxDepth: 32,
        maxNodes: NODES_MAX,
        after: null,
        limit: VERSIONS_MAX,
        asOf: {},
        timeoutMs: TIMEOUT_MS,
        ...(signal ? { signal } : {}),
      }),
    );
  }

  /** A column that is misspelt would seem to be used by nobody. @throws where the newest version tells its columns, and this is none. */
  async #requireColumn(
    starts: ReadonlySet<string>,
    versions: readonly VersionColumns[],
    column: string,
    { loaders }: Context,
  ): Promise<void> {
    const newest = newestFirst(versions.filter(({ id }) => starts.has(id)))[0];
    if (newest === undefined) return;
    const version = await loaders.node.load(newest.id);
    const large = documentReference(version["schema"]);
    const columns = (large === null ? version["schema"] : await loaders.document(large)) as readonly Column[];
    if (columns.length === 0 || columns.some(({ name }) => name === column)) return;
    const message = `nothing is made of a column ${column}, and ${formatKey(version as never, Number(version["version"]))} has none`;
    throw clientError("INVALID_INPUT", message, { path: ["column"] });
  }
}

function requireDataset({ id, type }: NodeState): void {
  if (type === Dataset.name || type === DatasetVersion.name) return;
  throw clientError("INVALID_INPUT", `${id} is no dataset, and no version of one`, { path: ["dataset"] });
}

function isVersion(id: string): boolean {
  return typeOfId(id) !== Dataset.name;
}

/** Which versions have the column that is asked about: the one, or all of the dataset. */
function startsOf({ id, type }: NodeState, { hits }: WalkResult): ReadonlySet<string> {
  if (type === DatasetVersion.name) return new Set([id]);
  const isOwn = (hit: WalkResult["hits"][number]) => hit.via.some(({ arrow }) => arrow === "VERSION_OF");
  return new Set(hits.filter(isOwn).map((hit) => hit.id));
}

function usersOf(flow: ColumnFlow, versions: readonly VersionColumns[]): readonly VersionColumns[] {
  const models = versions.filter(({ id }) => typeOfId(id) === ModelVersion.name);
  return newestFirst(models.filter(({ id }) => flow.uses(id)));
}

function newestFirst(versions: readonly VersionColumns[]): readonly VersionColumns[] {
  return versions.toSorted((a, b) => b.createdSeq - a.createdSeq || (a.id < b.id ? -1 : 1));
}

type UseCursor = Pick<VersionColumns, "createdSeq" | "id">;

function useCursor(after: string | null | undefined): UseCursor | null {
  if (after == null) return null;
  const [createdSeq, id] = decodeCursor(after, ["number", "string"]);
  return { createdSeq: Number(createdSeq), id: String(id) };
}

function isBehind({ createdSeq, id }: VersionColumns, from: UseCursor): boolean {
  return createdSeq < from.createdSeq || (createdSeq === from.createdSeq && id > from.id);
}

async function shownUse({ id, createdSeq }: VersionColumns, flow: ColumnFlow, context: Context): Promise<ColumnUse> {
  const names = flow.columns(id).toSorted();
  const shown = names.slice(0, FEATURES_MAX).map((column) => shownFeature({ version: id, column }, flow, context));
  return {
    cursor: encodeCursor([createdSeq, id]),
    node: await context.loaders.node.load(id),
    featureCount: names.length,
    features: await Promise.all(shown),
  };
}

async function shownFeature(place: ColumnPlace, flow: ColumnFlow, { loaders }: Context): Promise<ColumnFeature> {
  const steps = flow.way(place).map(async ({ version, column, how }): Promise<ColumnStep> => {
    const { via, expression = null, masking } = how;
    return { version: await loaders.node.load(version), column, via, expression, masking };
  });
  return { name: place.column, steps: await Promise.all(steps) };
}

function reasonsOf(
  walk: WalkResult,
  { hidden, isCut }: ReadVersions,
  untold: readonly string[],
  starts: ReadonlySet<string>,
): string[] {
  const isTooLarge = walk.hasMore || isCut;
  // What the versions that are asked about were made of does not matter here.
  const hasHidden = hidden.some((id) => !starts.has(id));
  const reasons = [
    ...walk.partial,
    ...(isTooLarge ? ["SIZE"] : []),
    ...(hasHidden ? ["NO_ACCESS"] : []),
    ...(untold.length > 0 ? ["UNKNOWN_COLUMNS"] : []),
  ];
  return [...new Set(reasons)];
}
