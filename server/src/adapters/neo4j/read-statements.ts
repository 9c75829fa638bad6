import { ARROW_TYPES, type ArrowType } from "../../core/arrows.ts";
import type { AsOf, Depth, Direction } from "../../ports/lineage-graph.ts";
import type { GraphNames } from "./names.ts";

/** Whether an arrow `x` is true now. A text of its own, as it reads one property instead of three: a quarter of a walk's time. */
const IS_TRUE = "x.endedSeq IS NULL";

/** Whether an arrow `x` was true at `$at` as known after entry `$known`; a bound that lacks is the largest integer. */
const WAS_TRUE =
  "x.recordedSeq <= $known AND x.validFrom <= $at AND (x.endedSeq IS NULL OR x.endedSeq > $known OR x.validTo > $at)";

function isSeen({ at, knownSeq }: AsOf): string {
  return at === undefined && knownSeq === undefined ? IS_TRUE : WAS_TRUE;
}

interface Reach {
  readonly direction: Direction;
  readonly arrows: readonly ArrowType[];
  readonly maxDepth: Depth;
  readonly asOf: AsOf;
}

/** Arrow types as a pattern names them, in one order, each from the closed list. */
function typesOf(arrows: readonly ArrowType[]): string {
  return ARROW_TYPES.filter((type) => arrows.includes(type)).join("|");
}

/**
 * Every node within reach with its distance, nearest first, at most `$limit`. Of this form the planner makes
 * VarLengthExpand(Pruning,BFS), which visits each node once and stops at the limit; anything that looks at the path beyond its length
 * loses that. It looks one step too far, which tells whether deeper nodes exist.
 */
function reachClauses({ direction, arrows, maxDepth, asOf }: Reach): string {
  const [left, right] = direction === "UPSTREAM" ? ["-", "->"] : ["<-", "-"];
  return `MATCH path = (a)${left}[:${typesOf(arrows)}*1..${maxDepth + 1}]${right}(b)
  WHERE all(x IN relationships(path) WHERE ${isSeen(asOf)})
  WITH a, b, min(length(path)) AS depth
  WHERE b <> a
  WITH b, depth LIMIT $limit`;
}

/**
 * `replan=skip`, as a growing graph is otherwise planned again and again. Nodes are sought by hint, as the plan may have been made when
 * the graph was small enough to be scanned.
 */
const HEAD = "CYPHER replan=skip";

function startClauses({ node }: GraphNames): string {
  return `${HEAD}
MATCH (p:Position {name: $graph}) USING INDEX SEEK p:Position(name)
OPTIONAL MATCH (a:${node} {id: $start}) USING INDEX SEEK a:${node}(id)`;
}

const POSITION_COLUMNS = "p.ledgerId AS ledgerId, p.seq AS seq, p.leafHash AS leafHash";

/**
 * One page of what is reached, with the arrows that tie its hits to nodes one step nearer. All else stays in the database: to bring a
 * thousand nodes here, or only to read their ids, costs more than to walk to them. Nodes come by distance, so the page ends at the
 * latest in the layer in which enough of them lie beyond the cursor's; only up to there ids are read and sorted.
 */
export function walkStatement(names: GraphNames, reach: Reach): string {
  return `${startClauses(names)}
CALL (a) {
  ${reachClauses(reach)}
  RETURN collect(CASE WHEN depth <= ${reach.maxDepth} THEN [depth, b] END) AS reached,
    coalesce(max(depth), 0) > ${reach.maxDepth} AS isDeeper
}
WITH p, a, reached, isDeeper, [node IN reached[..$limit - 1]
  WHERE node[0] >= $after.depth AND (size($types) = 0 OR node[1].type IN $types)] AS wanted
WITH p, a, reached, isDeeper, wanted,
  coalesce([node IN wanted WHERE node[0] > $after.depth][$page][0], ${reach.maxDepth}) AS deepest
CALL (wanted, deepest) {
  UNWIND [node IN wanted WHERE node[0] <= deepest] AS node
  WITH node, node[0] AS depth, node[1].id AS id
  WHERE depth > $after.depth OR id > $after.id
  ORDER BY depth, id LIMIT $page + 1
  RETURN collect(node) AS found
}
WITH p, reached, isDeeper, found, found[..$page] AS page, [[0, a]] + reached AS layers
CALL (page, layers) {
  ${viaClauses(reach)}
}
RETURN ${POSITION_COLUMNS}, size(reached) AS reached, isDeeper, size(found) > $page AS hasMore,
  [node IN page | [node[0], node[1].id, node[1].type]] AS page, arrows`;
}

/**
 * The arrows between `page` and what of `layers` is a step nearer. They are sought from the later end, which has few arrows; from the
 * earlier end a popular dataset would bring all its runs.
 */
function viaClauses({ direction, arrows, asOf }: Reach): string {
  const [laterEnds, step, earlierEnds] =
    direction === "UPSTREAM" ? ["nearer", "+ 1", "page"] : ["page", "- 1", "nearer"];
  const [hit, near] = direction === "UPSTREAM" ? ["earlier", "later"] : ["later", "earlier"];
  return `WITH page, layers, page[0][0] - 1 AS first, page[-1][0] AS beyond
  WITH page, [node IN layers WHERE node[0] >= first AND node[0] < beyond] AS nearer
  UNWIND ${laterEnds} AS node
  WITH ${earlierEnds}, node[0] ${step} AS depth, node[1] AS later
  MATCH (later)-[x:${typesOf(arrows)}]->(earlier)
  WHERE [depth, earlier] IN ${earlierEnds} AND ${isSeen(asOf)}
  RETURN collect([${hit}.id, type(x), ${near}.id, x.role, x.weight, x.mode]) AS arrows`;
}

/** How many of each type are reached, no more than `$limit - 1` in all. */
export function countStatement(names: GraphNames, reach: Reach): string {
  return `${startClauses(names)}
CALL (a) {
  ${reachClauses(reach)}
  WITH collect(CASE WHEN depth <= ${reach.maxDepth} THEN b.type END) AS types,
    coalesce(max(depth), 0) > ${reach.maxDepth} AS isDeeper
  CALL (types) {
    UNWIND types[..$limit - 1] AS type
    WITH type, count(*) AS n
    RETURN collect([type, n]) AS counts
  }
  RETURN counts, size(types) AS reached, isDeeper
}
RETURN ${POSITION_COLUMNS}, counts, reached, isDeeper`;
}

export function pathsStatement({ node }: GraphNames, { arrows, maxDepth, asOf }: Omit<Reach, "direction">): string {
  return `${HEAD}
MATCH (a:${node} {id: $from}) USING INDEX SEEK a:${node}(id)
MATCH (b:${node} {id: $to}) USING INDEX SEEK b:${node}(id)
MATCH path = allShortestPaths((a)-[:${typesOf(arrows)}*1..${maxDepth}]->(b))
WHERE all(x IN relationships(path) WHERE ${isSeen(asOf)})
WITH DISTINCT [n IN nodes(path) | n.id] AS nodes, [x IN relationships(path) | type(x)] AS arrows
LIMIT $limit
RETURN collect([nodes, arrows]) AS paths`;
}
