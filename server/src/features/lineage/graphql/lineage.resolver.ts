import { Arg, Args, ArgsType, Ctx, Field, ID, Int, Query, Resolver } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { typeOfId } from "@clew/schema";
import { type ArrowFamily, type ArrowType, arrowsOf } from "../../../core/arrows.ts";
import { decodeCursor, encodeCursor, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import { DEPTHS, type Depth, type Direction, type Hit, type LineageGraph } from "../../../ports/lineage-graph.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import {
  DirectionEnum,
  FamilyEnum,
  LineageConnection,
  LineageCounts,
  type LineageEdge,
  LineagePath,
} from "./lineage.types.ts";
import { available, type GraphProgress, NODES_MAX, TIMEOUT_MS, WALK_COST, walkStart } from "./walk-start.ts";

const PATHS_MAX = 20;

/** What every way through the graph takes besides its ends. */
@ArgsType()
class PathArguments {
  @Field(() => [FamilyEnum], {
    defaultValue: ["MATERIAL"],
    description: "Which arrows to follow. MATERIAL begins at a deployment with the models that it serves.",
  })
  follow!: string[];

  @Field(() => Int, { defaultValue: 16, description: `Rounded up to one of ${DEPTHS.join(", ")}.` })
  maxDepth!: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Arrows that were true then." })
  asOf?: number;

  @Field(() => GraphQLSafeInt, { nullable: true, description: "Arrows that were known after this ledger entry." })
  knownAt?: number;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: "Fail with GRAPH_BEHIND unless the graph has taken in this ledger entry.",
  })
  minSeq?: number;
}

@ArgsType()
class WalkArguments extends PathArguments {
  @Field(() => DirectionEnum, { defaultValue: "UPSTREAM" })
  direction!: Direction;

  @Field(() => [String], { defaultValue: [], description: "Only nodes of these types; others are walked through." })
  types!: string[];
}

const START = { description: "An id, or a key: namespace/name@3, @latest or @alias, as it was at asOf and knownAt." };

@Resolver()
export class LineageResolver {
  readonly #graph: LineageGraph;
  readonly #reader: NodeReader;
  readonly #progress: GraphProgress;
  readonly #types: ReadonlySet<string>;

  /** `types`: the node types that there are. */
  constructor(graph: LineageGraph, reader: NodeReader, progress: GraphProgress, types: readonly string[]) {
    this.#types = new Set(types);
    this.#graph = graph;
    this.#reader = reader;
    this.#progress = progress;
  }

  @Query(() => LineageConnection, {
    complexity: WALK_COST,
    description: "What a node was made from, or what was made from it.",
  })
  async lineage(
    @Arg("node", () => ID, START) node: string,
    @Args(() => WalkArguments) args: WalkArguments,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() context: Context,
  ): Promise<LineageConnection> {
    this.#requireTypes(args);
    const start = await this.#start(node, args, context);
    const result = await available(() =>
      this.#graph.walk({ ...walkQuery(start, args, context), after: walkCursor(after), limit: pageSize(first) }),
    );
    const edges = await Promise.all(result.hits.map((hit) => this.#edge(hit, context)));
    const reasons = [...result.partial, ...pageReasons(edges)];
    return {
      edges,
      pageInfo: { hasNextPage: result.hasMore, endCursor: edges.at(-1)?.cursor ?? null },
      isPartial: reasons.length > 0,
      reasons,
      ledgerSeq: result.position.seq,
    };
  }

  @Query(() => LineageCounts, { complexity: WALK_COST, description: "The same walk, counted and not listed." })
  async lineageCounts(
    @Arg("node", () => ID, START) node: string,
    @Args(() => WalkArguments) args: WalkArguments,
    @Ctx() context: Context,
  ): Promise<LineageCounts> {
    this.#requireTypes(args);
    const start = await this.#start(node, args, context);
    const { byType, partial, position } = await available(() => this.#graph.count(walkQuery(start, args, context)));
    const counts = Object.entries(byType).map(([type, count]) => ({ type, count }));
    return {
      byType: counts.toSorted((a, b) => (a.type < b.type ? -1 : 1)),
      total: counts.reduce((sum, { count }) => sum + count, 0),
      isPartial: partial.length > 0,
      reasons: partial,
      ledgerSeq: position.seq,
    };
  }

  @Query(() => [LineagePath], {
    complexity: WALK_COST / 10,
    description: `Shortest paths from the later node to the earlier one, at most ${PATHS_MAX}.`,
  })
  async lineagePaths(
    @Arg("from", () => ID, START) from: string,
    @Arg("to", () => ID, START) to: string,
    @Args(() => PathArguments) args: PathArguments,
    @Ctx() context: Context,
  ): Promise<LineagePath[]> {
    const start = await this.#start(from, args, context);
    const end = await this.#start(to, args, context);
    const paths = await available(() =>
      this.#graph.paths({ from: start, to: end, ...pathQuery(start, args, context), limit: PATHS_MAX }),
    );
    return Promise.all(
      paths.map(async (path) => ({
        nodes: await Promise.all(path.nodes.map((id) => context.loaders.node.load(id))),
        arrows: path.arrows,
      })),
    );
  }

  #requireTypes({ types }: WalkArguments): void {
    const unknown = types.find((type) => !this.#types.has(type));
    if (unknown !== undefined)
      throw clientError("INVALID_INPUT", `there is no node type ${unknown}`, { path: ["types"] });
  }

  async #start(idOrKey: string, args: PathArguments, context: Context): Promise<string> {
    const { id } = await walkStart({ reader: this.#reader, progress: this.#progress }, idOrKey, args, context);
    return id;
  }

  async #edge(hit: Hit, context: Context): Promise<LineageEdge> {
    return {
      cursor: encodeCursor([hit.depth, hit.id]),
      depth: hit.depth,
      via: hit.via.map(({ arrow, nearer, properties }) => ({ arrow, nearer, role: properties.role ?? null })),
      node: await context.loaders.node.load(hit.id),
    };
  }
}

function walkQuery(start: string, args: WalkArguments, context: Context) {
  const { direction, types } = args;
  return { start, direction, types, maxNodes: NODES_MAX, ...pathQuery(start, args, context) };
}

function pathQuery(start: string, args: PathArguments, context: Context) {
  return {
    arrows: arrowsFrom(start, args.follow),
    maxDepth: depthBound(args.maxDepth),
    asOf: {
      ...(args.asOf === undefined ? {} : { at: args.asOf }),
      ...(args.knownAt === undefined ? {} : { knownSeq: args.knownAt }),
    },
    timeoutMs: TIMEOUT_MS,
    ...(context.signal ? { signal: context.signal } : {}),
  };
}

/** A deployment is made of the models that it serves, though SERVES is no material arrow: models do not follow from deployments. */
function arrowsFrom(start: string, follow: readonly string[]): ArrowType[] {
  const arrows = arrowsOf(follow.map((family) => family.toLowerCase() as ArrowFamily));
  const servesToo = typeOfId(start) === "Deployment" && follow.includes("MATERIAL");
  return servesToo ? [...new Set<ArrowType>([...arrows, "SERVES"])] : arrows;
}

function depthBound(asked: number): Depth {
  const bound = DEPTHS.find((depth) => depth >= asked);
  if (asked < 1 || bound === undefined)
    throw clientError("INVALID_INPUT", `maxDepth must be 1 to ${DEPTHS.at(-1)}`, { path: ["maxDepth"] });
  return bound;
}

function walkCursor(after: string | null | undefined): { depth: number; id: string } | null {
  if (after == null) return null;
  const [depth, id] = decodeCursor(after, ["number", "string"]);
  return { depth: Number(depth), id: String(id) };
}

function pageReasons(edges: readonly LineageEdge[]): string[] {
  const masked = edges.some(({ node }) => node.type === "MaskedNode") ? ["NO_ACCESS"] : [];
  const unknown = edges.some(({ node }) => node["declaresInputs"] === false) ? ["UNKNOWN_INPUTS"] : [];
  return [...masked, ...unknown];
}
