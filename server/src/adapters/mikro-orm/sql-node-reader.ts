import type { NodeState } from "../../core/graph-change.ts";
import type { FileRow } from "../../ports/ledger-store.ts";
import type { NodeCursor, NodeFilter, NodeOrder, NodePlace, NodeReader } from "../../ports/node-reader.ts";
import type { TagKind } from "../../core/tag-word.ts";
import type { TagRow, TagTime } from "../../ports/tags.ts";
import { type BigIntColumn, NODE_COLUMNS, type NodeRow, TAG_COLUMNS, type TagColumns, toNode, toTag } from "./rows.ts";
import { SharedLookUps } from "./shared-look-ups.ts";
import { isOneOf, marks, type Sql, type SqlValue } from "./sql.ts";
import { addValues, isByEntry } from "./value-conditions.ts";
import { Where } from "./where.ts";

const IDS_MAX = 500;

const ORDER_BY: Record<NodeOrder, string> = {
  NEWEST: "created_seq desc, id desc",
  OLDEST: "created_seq, id",
  NAME: "name, id",
};

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
    const where = conditions(this.#sql, filter);
    if (after) addCursor(where, order, after);
    const text = `select ${NODE_COLUMNS} from node${where.text} order by ${ORDER_BY[order]} limit ?`;
    return (await this.#sql.all<NodeRow>(text, [...where.parameters, limit])).map(toNode);
  }

  async count(filter: NodeFilter, cap: number): Promise<number> {
    const where = conditions(this.#sql, filter);
    const text = `select count(*) as n from (select 1 from node${where.text} limit ?) as capped`;
    const [row] = await this.#sql.all<{ n: number | string }>(text, [...where.parameters, cap]);
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

export function conditions(sql: Sql, filter: NodeFilter): Where {
  const where = new Where().add(`${typeColumn(sql, filter)} in ${marks(filter.types.length)}`, ...filter.types);
  const { namespaces, parent, states, name, nameContains, personalNames = false, version, tagged } = filter;
  if (namespaces) where.add(`(namespace is null or namespace in ${marks(namespaces.length)})`, ...namespaces);
  if (parent !== undefined) where.add("parent = ?", parent);
  if (states) where.add(`state in ${marks(states.length)}`, ...states);
  if (name !== undefined) addName(where, (column) => `${column} = ?`, name, personalNames);
  if (version !== undefined) where.add("version = ?", version);
  if (nameContains !== undefined)
    addName(
      where,
      (column) => `lower(${column}) like ? escape '\\'`,
      `%${escapeLike(nameContains.toLowerCase())}%`,
      personalNames,
    );
  for (const tag of tagged?.tags ?? []) addTag(where, tag, tagged!.at);
  addValues(where, sql, filter.types, filter.values ?? []);
  return where;
}

/**
 * SQLite has no statistics: for the order's sake it would read all nodes of a type to find the few of one parent or name. With a plus
 * before the column it does not look there.
 */
function typeColumn({ dialect }: Sql, { parent, name, personalNames = false, values }: NodeFilter): string {
  const isNamed = name !== undefined && !personalNames;
  const isFound = parent !== undefined || isNamed || (values?.[0] !== undefined && !isByEntry(values[0]));
  return dialect === "sqlite" && isFound ? "+type" : "type";
}

/** A personal name's column holds its digest, which no one looks for; the name stands in `personal` until it is erased. */
function addName(where: Where, test: (column: string) => string, text: string, personalNames: boolean): void {
  if (!personalNames) {
    where.add(test("name"), text);
    return;
  }
  const isPlain = `(${test("name")} and name not like 'sha256:%')`;
  where.add(`(${isPlain} or name in (select digest from personal where ${test("value")}))`, text, text);
}

function addTag(where: Where, { key, value }: { key: string; value: string | null }, at: number): void {
  const tag = new Where().add("kind = ?", "TAG").add("key = ?", key);
  if (value !== null) tag.add("value = ?", value);
  addTime(tag, { at });
  where.add(`id in (select node_id from tag${tag.text})`, ...tag.parameters);
}

/** Only beliefs that say what was true at `at`, as known after `knownSeq`. */
function addTime(where: Where, { at, knownSeq }: TagTime): void {
  where.add("valid_from <= ?", at).add("(valid_to is null or valid_to > ?)", at);
  if (knownSeq === undefined) where.add("ended_seq is null");
  else where.add("recorded_seq <= ?", knownSeq).add("(ended_seq is null or ended_seq > ?)", knownSeq);
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (char) => `\\${char}`);
}

function addCursor(where: Where, order: NodeOrder, after: NodeCursor): void {
  if (order === "NAME") where.add("(name, id) > (?, ?)", after.name, after.id);
  else where.add(`(created_seq, id) ${order === "NEWEST" ? "<" : ">"} (?, ?)`, after.createdSeq, after.id);
}
