import type { NodeState } from "../../core/graph-change.ts";
import type { FileRow } from "../../ports/ledger-store.ts";
import type { NodeCursor, NodeFilter, NodeOrder, NodePlace, NodeReader } from "../../ports/node-reader.ts";
import type { TagKind } from "../../core/tag-word.ts";
import type { TagRow, TagTime } from "../../ports/tags.ts";
import { type BigIntColumn, NODE_COLUMNS, type NodeRow, TAG_COLUMNS, type TagColumns, toNode, toTag } from "./rows.ts";
import { SharedLookUps } from "./shared-look-ups.ts";
import { addTime, partsOf } from "./node-conditions.ts";
import { isOneOf, type Sql, type SqlValue } from "./sql.ts";
import { Where } from "./where.ts";

const IDS_MAX = 500;

const ORDER_BY: Record<NodeOrder, string> = {
  NEWEST: "created_seq desc, id desc",
  OLDEST: "created_seq, id",
  NAME: "order_name, id",
};
/** Nodes without a name come first. */
const NAME = "coalesce(name, '')";

export class SqlNodeReader implements NodeReader {
  readonly #sql: Sql;
  readonly #nodes = new SharedLookUps(async (ids) => (await this.#load<NodeRow>(NODE_COLUMNS, ids)).map(toNode));
  readonly #places = new SharedLookUps((ids) => this.#load<NodePlace>("id, namespace", ids));

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  byIds(ids: readonly string[]): Promise<readonly NodeState[]> {
    return this.#nodes.find(ids);
  }

  places(ids: readonly string[]): Promise<readonly NodePlace[]> {
    return this.#places.find(ids);
  }

  async list(
    filter: NodeFilter,
    order: NodeOrder,
    after: NodeCursor | null,
    limit: number,
  ): Promise<readonly NodeState[]> {
    const parts = partsOf(this.#sql, filter);
    if (parts.length === 0) return [];
    if (after) for (const part of parts) addCursor(part, order, after);
    const columns = order === "NAME" ? `${NODE_COLUMNS}, ${NAME} as order_name` : NODE_COLUMNS;
    const text = `${unionOf(columns, parts)} order by ${ORDER_BY[order]} limit ?`;
    return (await this.#sql.all<NodeRow>(text, [...parametersOf(parts), limit])).map(toNode);
  }

  async count(filter: NodeFilter, cap: number): Promise<number> {
    const parts = partsOf(this.#sql, filter);
    if (parts.length === 0) return 0;
    const text = `select count(*) as n from (${unionOf("1", parts)} limit ?) as capped`;
    const [row] = await this.#sql.all<{ n: number | string }>(text, [...parametersOf(parts), cap]);
    return Number(row?.n ?? 0);
  }

  async files(versionId: string, afterPath: string, limit: number): Promise<readonly FileRow[]> {
    return this.#files("version_id = ? and path > ? order by path", [versionId, afterPath, limit]);
  }

  async versionsOfFile(digest: string, limit: number): Promise<readonly FileRow[]> {
    return this.#files("digest = ? order by version_id, path", [digest, limit]);
  }

  async tags(
    kind: TagKind,
    { column, ids }: { readonly column: "node" | "value"; readonly ids: readonly string[] },
    time: TagTime,
  ): Promise<readonly TagRow[]> {
    const found: TagRow[] = [];
    for (let at = 0; at < ids.length; at += IDS_MAX) {
      const part = isOneOf(this.#sql, column === "node" ? "node_id" : "value", ids.slice(at, at + IDS_MAX));
      const where = new Where().add(part[0], ...part[1]).add("kind = ?", kind);
      addTime(where, time);
      const text = `select ${TAG_COLUMNS} from tag${where.text} order by node_id, key`;
      found.push(...(await this.#sql.all<TagColumns>(text, where.parameters)).map(toTag));
    }
    return found;
  }

  async personal(digests: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(await this.#pairs("select digest as of, value as text from personal", digests));
  }

  async documents(digests: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(await this.#pairs("select digest as of, text from document", digests));
  }

  async #pairs(select: string, digests: readonly string[]): Promise<(readonly [string, string])[]> {
    const found: (readonly [string, string])[] = [];
    for (let at = 0; at < digests.length; at += IDS_MAX) {
      const [condition, parameters] = isOneOf(this.#sql, "digest", digests.slice(at, at + IDS_MAX));
      const rows = await this.#sql.all<{ of: string; text: string }>(`${select} where ${condition}`, parameters);
      found.push(...rows.map(({ of, text }) => [of, text] as const));
    }
    return found;
  }

  async #load<Row>(columns: string, ids: readonly string[]): Promise<readonly Row[]> {
    const found: Row[] = [];
    for (let at = 0; at < ids.length; at += IDS_MAX) {
      const [condition, parameters] = isOneOf(this.#sql, "id", ids.slice(at, at + IDS_MAX));
      found.push(...(await this.#sql.all<Row>(`select ${columns} from node where ${condition}`, parameters)));
    }
    return found;
  }

  async #files(condition: string, parameters: readonly SqlValue[]): Promise<readonly FileRow[]> {
    const text = `select version_id, path, digest, size_bytes from file where ${condition} limit ?`;
    const rows = await this.#sql.all<{ version_id: string; path: string; digest: string; size_bytes: BigIntColumn }>(
      text,
      parameters,
    );
    return rows.map((row) => ({
      versionId: row.version_id,
      path: row.path,
      digest: row.digest,
      sizeBytes: Number(row.size_bytes),
    }));
  }
}

function addCursor(where: Where, order: NodeOrder, after: NodeCursor): void {
  if (order === "NAME") where.add(`(${NAME}, id) > (?, ?)`, after.name, after.id);
  else where.add(`(created_seq, id) ${order === "NEWEST" ? "<" : ">"} (?, ?)`, after.createdSeq, after.id);
}

function unionOf(columns: string, parts: readonly Where[]): string {
  return parts.map(({ text }) => `select ${columns} from node${text}`).join(" union all ");
}

function parametersOf(parts: readonly Where[]): SqlValue[] {
  return parts.flatMap(({ parameters }) => parameters);
}
