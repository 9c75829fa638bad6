import type { GraphNames } from "./names.ts";

/** Statements that set up a graph, each of which may run again. Constraints come first: plans made without them scan. */
export function schemaStatements({ node }: GraphNames): readonly string[] {
  return [
    `CREATE CONSTRAINT clew_${node.toLowerCase()}_id IF NOT EXISTS FOR (n:${node}) REQUIRE n.id IS UNIQUE`,
    "CREATE CONSTRAINT clew_position_name IF NOT EXISTS FOR (p:Position) REQUIRE p.name IS UNIQUE",
    "CALL db.awaitIndexes(300)",
    "MERGE (p:Position {name: $graph}) ON CREATE SET p.ledgerId = '', p.seq = 0, p.leafHash = ''",
  ];
}

/**
 * Applies a batch in one round trip; one text, so one plan, whatever the batch holds. Setting `lock` takes the position's write lock
 * before it is compared: of two followers the second waits and then finds a position that is not its own, and answers no row. The guard
 * divides by zero when an arrow lacks an end, which undoes everything; it also sees to it that the nodes stand in the order of their
 * rows, by whose positions arrows name them. An arrow of a node that this batch has made cannot be there yet, and is not looked for.
 * Labels and types are dynamic: a block for each of them costs the same, and 8 s to plan instead of 2 s.
 *
 * `replan=skip`, as a growing graph is otherwise planned again and again. The plan is then made once, of a database that is empty as
 * a rule, where to scan all arrows seems cheap: so nodes are sought by hint, and arrows between two nodes by an optional
 * pattern of variable length (of one step), which can only be walked. Plain, it made each batch as slow as the graph is large.
 */
export function applyStatement({ node }: GraphNames): string {
  const create = `CREATE (a)-[:$(row[2]) {role: row[3], recordedSeq: row[4], validFrom: row[5], weight: row[6], mode: row[7],
    endedSeq: row[8], validTo: row[9]}]->(b)`;
  return `CYPHER replan=skip
MATCH (p:Position {name: $graph}) USING INDEX SEEK p:Position(name)
SET p.lock = $to.seq
WITH p
WHERE (p.ledgerId = $from.ledgerId AND p.seq = $from.seq AND p.leafHash = $from.leafHash)
   OR (p.ledgerId = '' AND p.seq = 0 AND $from.seq = 0)
SET p.ledgerId = $to.ledgerId, p.seq = $to.seq, p.leafHash = $to.leafHash
WITH p
CALL () {
  UNWIND $nodes AS row
  MERGE (n:${node} {id: row[0]})
  ON CREATE SET n:$(row[1]), n.type = row[1], n.createdSeq = row[2]
  SET n += row[3]
  RETURN collect(n) AS set
}
CALL () {
  UNWIND $others AS id
  MATCH (n:${node} {id: id}) USING INDEX SEEK n:${node}(id)
  RETURN collect(n) AS others
}
WITH set + others AS found
WITH found, 1 / CASE WHEN [n IN found | n.id] = [row IN $nodes | row[0]] + $others THEN 1 ELSE 0 END AS guard
CALL (found) {
  UNWIND $draws AS row
  WITH row, found[row[0]] AS a, found[row[1]] AS b
  OPTIONAL MATCH (a)-[xs*1..1]->(b)
  WHERE a.createdSeq <= $from.seq
    AND all(x IN xs WHERE type(x) = row[2] AND x.endedSeq IS NULL AND coalesce(x.role, '') = coalesce(row[3], ''))
  FOREACH (_ IN CASE WHEN xs IS NULL THEN [1] ELSE [] END |
    ${create}
  )
  RETURN count(*) AS drawn
}
CALL () {
  UNWIND $ends AS row
  MATCH (a:${node} {id: row.from}) USING INDEX SEEK a:${node}(id)
  MATCH (b:${node} {id: row.to}) USING INDEX SEEK b:${node}(id)
  OPTIONAL MATCH (a)-[xs*1..1]->(b)
  WHERE all(x IN xs WHERE type(x) = row.type AND x.endedSeq IS NULL)
  FOREACH (x IN coalesce(xs, []) | SET x.endedSeq = row.seq, x.validTo = row.at)
  RETURN count(*) AS ended
}
CALL (found) {
  UNWIND $redraws AS row
  WITH row, found[row[0]] AS a, found[row[1]] AS b
  ${create}
  RETURN count(*) AS redrawn
}
RETURN guard, drawn, ended, redrawn`;
}

/** Which of some ids no node has; at most five of them. */
export function missingStatement({ node }: GraphNames): string {
  return `UNWIND $ids AS id
OPTIONAL MATCH (n:${node} {id: id})
WITH id, n WHERE n IS NULL
RETURN collect(id)[..5] AS missing`;
}

export const POSITION_STATEMENT =
  "MATCH (p:Position {name: $graph}) RETURN p.ledgerId AS ledgerId, p.seq AS seq, p.leafHash AS leafHash";

/** Marks a graph as half emptied: `seq` is then below 0, and nothing can be applied. */
export const BEGIN_RESET_STATEMENT =
  "MATCH (p:Position {name: $graph}) SET p.ledgerId = '', p.seq = -1, p.leafHash = ''";
export const END_RESET_STATEMENT = "MATCH (p:Position {name: $graph}) SET p.seq = 0";

/** Arrows first, then nodes, in transactions of their own: deleting all at once exhausts the heap. */
export function deleteStatements({ node }: GraphNames): readonly string[] {
  return [
    `MATCH (:${node})-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 20000 ROWS`,
    `MATCH (n:${node}) CALL (n) { DELETE n } IN TRANSACTIONS OF 20000 ROWS`,
  ];
}
