import neo4j, { Neo4jError } from "neo4j-driver";
import type { EntryChanges } from "../../core/graph-change.ts";
import {
  type AsOf,
  type CountQuery,
  type CountResult,
  type LineageGraph,
  MissingEndpoint,
  NOWHERE,
  type Path,
  type PathsQuery,
  type Position,
  PositionMismatch,
  TimeRanOut,
  type WalkQuery,
  type WalkResult,
} from "../../ports/lineage-graph.ts";
import { type BatchRows, rowsOf } from "./batch.ts";
import { type Neo4jAddress, Neo4jConnection } from "./connection.ts";
import { type GraphNames, namesOf } from "./names.ts";
import { hitsOf, partialOf } from "./page.ts";
import { countStatement, pathsStatement, walkStatement } from "./read-statements.ts";
import { CountRow, MissingRow, only, PathsRow, PositionRow, WalkRow } from "./records.ts";
import {
  applyStatement,
  BEGIN_RESET_STATEMENT,
  deleteStatements,
  END_RESET_STATEMENT,
  missingStatement,
  POSITION_STATEMENT,
  schemaStatements,
} from "./write-statements.ts";

export interface Neo4jGraphOptions extends Neo4jAddress {
  /** Tells several graphs in one database apart: the nodes of this one have the label `Node_<graph>`. Absent: `Node`. */
  readonly graph?: string;
}

const POSITION_TIMEOUT_MS = 5000;
const APPLY_TIMEOUT_MS = 60_000;
const ADMIN_TIMEOUT_MS = 600_000;

/**
 * Connects, checks the version, makes constraints where there are none, and ends a reset that was cut short.
 * @throws {GraphUnavailable}
 * @throws {Error} when the server is older than 5.26.
 */
export async function openNeo4jGraph(options: Neo4jGraphOptions): Promise<Neo4jGraph> {
  const connection = new Neo4jConnection(options);
  const graph = new Neo4jGraph(connection, namesOf(options.graph));
  try {
    await connection.checkVersion();
    await graph.prepare();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return graph;
}

export class Neo4jGraph implements LineageGraph {
  readonly #connection: Neo4jConnection;
  readonly #names: GraphNames;
  readonly #applyStatement: string;

  constructor(connection: Neo4jConnection, names: GraphNames) {
    this.#connection = connection;
    this.#names = names;
    this.#applyStatement = applyStatement(names);
  }

  async prepare(): Promise<void> {
    for (const text of schemaStatements(this.#names)) await this.#administer(text);
    const { seq } = await this.#readPosition();
    if (seq < 0) await this.reset();
  }

  async apply(entries: readonly EntryChanges[], from: Position, to: Position): Promise<void> {
    const batch = rowsOf(entries);
    const parameters = { graph: this.#names.graph, from: withInteger(from), to: withInteger(to), ...batch };
    try {
      const { rows, wasRetried } = await this.#connection.run(this.#applyStatement, parameters, {
        timeoutMs: APPLY_TIMEOUT_MS,
      });
      if (rows.length === 0) await this.#explainMismatch(from, to, wasRetried);
    } catch (error) {
      if (isDivisionByZero(error)) throw new MissingEndpoint((await this.#missing(batch)).join(", "));
      throw error;
    }
  }

  async position(): Promise<Position | null> {
    const { ledgerId, seq, leafHash } = await this.#readPosition();
    return ledgerId === "" ? null : { ledgerId, seq, leafHash };
  }

  async walk(query: WalkQuery): Promise<WalkResult> {
    query.signal?.throwIfAborted();
    if (query.arrows.length === 0) return { ...NOTHING, position: (await this.position()) ?? NOWHERE };
    try {
      return await this.#walk(query);
    } catch (error) {
      if (error instanceof TimeRanOut) return this.#late(NOTHING);
      throw error;
    }
  }

  async count(query: CountQuery): Promise<CountResult> {
    query.signal?.throwIfAborted();
    if (query.arrows.length === 0) return { byType: {}, partial: [], position: (await this.position()) ?? NOWHERE };
    try {
      return await this.#count(query);
    } catch (error) {
      if (error instanceof TimeRanOut) return this.#late({ byType: {} });
      throw error;
    }
  }

  async paths(query: PathsQuery): Promise<readonly Path[]> {
    query.signal?.throwIfAborted();
    if (query.arrows.length === 0 || query.from === query.to) return [];
    const text = pathsStatement(this.#names, query);
    const { from, to, limit, asOf } = query;
    const { rows } = await this.#connection.run(text, { from, to, limit: neo4j.int(limit), ...seen(asOf) }, query);
    return only(PathsRow, rows).paths.map(([nodes, arrows]) => ({ nodes, arrows }));
  }

  async reset(): Promise<void> {
    await this.#administer(BEGIN_RESET_STATEMENT);
    for (const text of deleteStatements(this.#names)) await this.#administer(text);
    await this.#administer(END_RESET_STATEMENT);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #walk(query: WalkQuery): Promise<WalkResult> {
    const parameters = { ...this.#reach(query), ...pageParameters(query) };
    const { rows } = await this.#connection.run(walkStatement(this.#names, query), parameters, query);
    const row = only(WalkRow, rows);
    const partial = partialOf(row.reached, query.maxNodes, row.isDeeper);
    return { hits: hitsOf(row), hasMore: row.hasMore, partial, position: positionOf(row) };
  }

  async #count(query: CountQuery): Promise<CountResult> {
    const { rows } = await this.#connection.run(countStatement(this.#names, query), this.#reach(query), query);
    const row = only(CountRow, rows);
    const wanted = row.counts.filter(([type]) => query.types.length === 0 || query.types.includes(type));
    return {
      byType: Object.fromEntries(wanted),
      partial: partialOf(row.reached, query.maxNodes, row.isDeeper),
      position: positionOf(row),
    };
  }

  #reach({ start, maxNodes, asOf }: CountQuery) {
    return { graph: this.#names.graph, start, limit: neo4j.int(maxNodes + 1), ...seen(asOf) };
  }

  async #late<T extends object>(nothing: T) {
    return { ...nothing, partial: ["TIME" as const], position: (await this.position()) ?? NOWHERE };
  }

  /** A statement that was tried again may find its own work done: it had been committed, and only the answer was lost. */
  async #explainMismatch(from: Position, to: Position, wasRetried: boolean): Promise<void> {
    const found = await this.position();
    const isDone =
      found !== null && found.ledgerId === to.ledgerId && found.seq === to.seq && found.leafHash === to.leafHash;
    if (!wasRetried || !isDone) throw new PositionMismatch(from, found);
  }

  async #missing({ others: ids }: BatchRows): Promise<string[]> {
    const options = { timeoutMs: POSITION_TIMEOUT_MS };
    const { rows } = await this.#connection.run(missingStatement(this.#names), { ids }, options);
    return only(MissingRow, rows).missing;
  }

  async #readPosition(): Promise<PositionRow> {
    const options = { timeoutMs: POSITION_TIMEOUT_MS };
    const { rows } = await this.#connection.run(POSITION_STATEMENT, { graph: this.#names.graph }, options);
    return only(PositionRow, rows);
  }

  async #administer(text: string): Promise<void> {
    await this.#connection.run(text, { graph: this.#names.graph }, { timeoutMs: ADMIN_TIMEOUT_MS });
  }
}

const NOTHING = { hits: [], hasMore: false, partial: [] };

function pageParameters({ types, after, limit }: WalkQuery) {
  return {
    types,
    after: { depth: neo4j.int(after?.depth ?? 0), id: after?.id ?? "" },
    page: neo4j.int(limit),
  };
}

/** The bounds that a reader sees up to; where there is none, the largest integer that JavaScript holds exactly. */
function seen({ at = Number.MAX_SAFE_INTEGER, knownSeq = Number.MAX_SAFE_INTEGER }: AsOf) {
  return { at: neo4j.int(at), known: neo4j.int(knownSeq) };
}

function withInteger(position: Position) {
  return { ...position, seq: neo4j.int(position.seq) };
}

function positionOf({ ledgerId, seq, leafHash }: PositionRow): Position {
  return ledgerId === "" ? NOWHERE : { ledgerId, seq, leafHash };
}

function isDivisionByZero(error: unknown): boolean {
  return error instanceof Neo4jError && error.code === "Neo.ClientError.Statement.ArithmeticError";
}
