import type { NodeState } from "../../core/graph-change.ts";
import type { FileRow } from "../../ports/ledger-store.ts";
import type { EntryRange, NodeRecord, PastRecord, RecordKey, Records, RecordTable } from "../../ports/records.ts";
import type { TagRead, TagRow } from "../../ports/tags.ts";
import type { ValueRow } from "../../ports/value-row.ts";
import { FACET_COLUMNS } from "./node-facets.ts";
import { type BigIntColumn, nodeColumns, TAG_COLUMNS, type TagColumns, toTag } from "./rows.ts";
import { marks, type Sql, type SqlValue } from "./sql.ts";
import { valueColumns } from "./value-rows.ts";

const NODE = `n.id, n.type, n.namespace, n.name, n.version, n.state, n.digest, n.parent, n.attributes,
  ${FACET_COLUMNS.map((column) => `n.${column}`).join(", ")}, n.created_seq as "createdSeq", n.changed_seq as "changedSeq"`;
/** The keys of a record in the order of `nodeColumns`. */
const NODE_KEYS: readonly (keyof NodeRecord)[] = [
  ...(["id", "type", "namespace", "name", "version", "parent", "state", "digest", "attributes"] as const),
  ...(["createdSeq", "changedSeq"] as const),
  ...FACET_COLUMNS,
];
const PAST = `h.id, h.from_seq as "fromSeq", h.until_seq as "untilSeq", h.attributes`;
const FILE = `f.version_id as "versionId", f.path, f.digest, f.size_bytes as "sizeBytes"`;
const TAG = TAG_COLUMNS.split(", ")
  .map((column) => `t.${column}`)
  .join(", ");

/** A row whose numbers are as the database gives them. */
type Raw<Row, Columns extends keyof Row> = Omit<Row, Columns> & Record<Columns, BigIntColumn>;

interface KeyRow {
  readonly [column: string]: BigIntColumn | null;
  readonly nodeId: string | null;
  readonly fromSeq: BigIntColumn | null;
  readonly untilSeq: BigIntColumn | null;
}

/** A list of keys: where they stand, and what is read of each. */
interface Keyed {
  readonly from: string;
  readonly key: readonly string[];
  /** Those of the key that are numbers. */
  readonly numbers: readonly string[];
  readonly read: string;
}

const KEYED: Readonly<Record<Exclude<RecordTable, "file">, Keyed>> = {
  node: {
    from: "node",
    key: ["id"],
    numbers: [],
    read: `id as "nodeId", created_seq as "fromSeq", null as "untilSeq"`,
  },
  node_history: {
    from: "node_history",
    key: ["id", "from_seq"],
    numbers: ["from_seq"],
    read: `id as "nodeId", from_seq as "fromSeq", until_seq as "untilSeq"`,
  },
  tag: {
    from: "tag",
    key: ["node_id", "kind", "key", "recorded_seq", "valid_from"],
    numbers: ["recorded_seq", "valid_from"],
    read: `node_id as "nodeId", recorded_seq as "fromSeq", ended_seq as "untilSeq"`,
  },
  value: {
    from: "value",
    key: ["key", "number", "text", "seq"],
    numbers: ["key", "number", "seq"],
    read: `null as "nodeId", seq as "fromSeq", null as "untilSeq"`,
  },
};

const ASKED_VALUE =
  "(cast(? as integer), cast(? as bigint), cast(? as double precision), cast(? as text), cast(? as bigint))";
/** Five parameters each: far below what one statement may have. */
const VALUES_AT_ONCE = 200;

/** Each key once, whatever its number of files, and the node that it is about. */
const FILE_KEYS = `select v.version_id, v.version_id as "nodeId", n.created_seq as "fromSeq", null as "untilSeq" from
  (select distinct version_id from file where version_id > ? order by version_id limit ?) v
  left join node n on n.id = v.version_id order by v.version_id`;

export class SqlRecords implements Records {
  readonly #sql: Sql;
  /** One parameter, a JSON text, as rows of `k (value)`: one text for any number of them. */
  readonly #asked: string;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#asked = sql.dialect === "sqlite" ? "json_each(?) as k" : "json_array_elements(?::json) as k(value)";
  }

  async nodes(ids: readonly string[]): Promise<readonly NodeRecord[]> {
    const text = `select ${NODE} from ${this.#asked} join node n on n.id = k.value->>0`;
    const rows = await this.#sql.all<Raw<NodeRecord, "createdSeq" | "changedSeq">>(text, [listed(ids)]);
    return rows.map((row) => ({ ...row, createdSeq: Number(row.createdSeq), changedSeq: Number(row.changedSeq) }));
  }

  async past(ids: readonly string[], { after, upTo }: EntryRange): Promise<readonly PastRecord[]> {
    const last = "(select max(p.from_seq) from node_history p where p.id = k.value->>0 and p.from_seq <= ?)";
    const text = `select ${PAST} from ${this.#asked} join node_history h on h.id = k.value->>0
      and h.from_seq >= coalesce(${last}, 0) and h.from_seq <= ?`;
    const rows = await this.#sql.all<Raw<PastRecord, "fromSeq" | "untilSeq">>(text, [listed(ids), after, upTo]);
    return rows.map((row) => ({ ...row, fromSeq: Number(row.fromSeq), untilSeq: Number(row.untilSeq) }));
  }

  async tags(keys: readonly TagRead[], { after, upTo }: EntryRange): Promise<readonly TagRow[]> {
    const asked = keys.map(({ nodeId, kind, key, from }) => [nodeId, kind, key, from]);
    const text = `select ${TAG} from ${this.#asked}
      join tag t on t.node_id = k.value->>0 and t.kind = k.value->>1 and t.key = k.value->>2 where t.recorded_seq <= ?
      and (t.ended_seq is null or t.ended_seq > ?)
      and (t.recorded_seq > ? or t.valid_to is null or t.valid_to > cast(k.value->>3 as bigint))`;
    return (await this.#sql.all<TagColumns>(text, [JSON.stringify(asked), upTo, after, after])).map(toTag);
  }

  async files(versionIds: readonly string[], limit: number): Promise<readonly FileRow[]> {
    const text = `select ${FILE} from ${this.#asked} join file f on f.version_id = k.value->>0
      order by f.version_id, f.path limit ?`;
    const rows = await this.#sql.all<Raw<FileRow, "sizeBytes">>(text, [listed(versionIds), limit]);
    return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
  }

  async values(values: readonly ValueRow[]): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    for (let at = 0; at < values.length; at += VALUES_AT_ONCE)
      for (const index of await this.#values(values.slice(at, at + VALUES_AT_ONCE))) found.add(at + index);
    return found;
  }

  countValues(seq: number): Promise<number> {
    return this.#count("select count(*) as n from value where seq <= ?", seq);
  }

  countNodes(seq: number): Promise<number> {
    return this.#count("select count(*) as n from node where created_seq <= ?", seq);
  }

  async keys(table: RecordTable, after: RecordKey | null, limit: number): Promise<readonly RecordKey[]> {
    if (table === "file")
      return this.#keys(FILE_KEYS, [after?.nodeId ?? "", limit], { key: ["version_id"], numbers: [] });
    const { from, key, read } = KEYED[table];
    const later = after === null ? "" : ` where (${key.join(", ")}) > ${marks(key.length)}`;
    const text = `select ${key.join(", ")}, ${read} from ${from}${later} order by ${key.join(", ")} limit ?`;
    return this.#keys(text, [...(after?.key ?? []), limit], KEYED[table]);
  }

  nodeRow(node: NodeState): NodeRecord {
    const columns = nodeColumns(node);
    return Object.fromEntries(NODE_KEYS.map((key, at) => [key, columns[at]])) as unknown as NodeRecord;
  }

  valueKey(value: ValueRow): RecordKey["key"] {
    return valueColumns(value);
  }

  async #count(text: string, seq: number): Promise<number> {
    const [row] = await this.#sql.all<{ n: BigIntColumn }>(text, [seq]);
    return Number(row?.n ?? 0);
  }

  /** As parameters, not as JSON: SQLite does not read every number from text as it was. */
  async #values(values: readonly ValueRow[]): Promise<number[]> {
    const asked = values.map(() => ASKED_VALUE).join(", ");
    const text = `with asked(n, k, x, t, s) as (values ${asked}) select n from asked
      join value on key = k and number = x and text = t and seq = s`;
    const parameters = values.flatMap((value, index) => [index, ...valueColumns(value)]);
    return (await this.#sql.all<{ n: BigIntColumn }>(text, parameters)).map(({ n }) => Number(n));
  }

  async #keys(
    text: string,
    parameters: readonly SqlValue[],
    { key, numbers }: Pick<Keyed, "key" | "numbers">,
  ): Promise<RecordKey[]> {
    const rows = await this.#sql.all<KeyRow>(text, parameters);
    const orNull = (seq: BigIntColumn | null) => (seq === null ? null : Number(seq));
    return rows.map((row) => ({
      key: key.map((column) => (numbers.includes(column) ? Number(row[column]) : row[column]!)),
      nodeId: row.nodeId,
      fromSeq: orNull(row.fromSeq),
      untilSeq: orNull(row.untilSeq),
    }));
  }
}

/** Each in a list of its own, so that both databases take its text by `->>`. */
function listed(ids: readonly string[]): string {
  return JSON.stringify(ids.map((id) => [id]));
}
