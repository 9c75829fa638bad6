import type { NamedBy, NodeRanks, Rank, RankedNode, RankPage } from "../../ports/node-ranks.ts";
import type { NodeFilter } from "../../ports/node-reader.ts";
import { type BigIntColumn, NODE_COLUMNS, type NodeRow, toNode } from "./rows.ts";
import { conditions } from "./node-conditions.ts";
import { marks, type Sql, type SqlValue } from "./sql.ts";
import { valueKey } from "./value-rows.ts";
import { Where } from "./where.ts";

interface RankedRow extends NodeRow {
  number: number | null;
  text: string;
  seq: BigIntColumn;
}

/** What of an order is another in the other direction. */
const WORDS = {
  ASC: { order: "asc", later: ">", best: "min" },
  DESC: { order: "desc", later: "<", best: "max" },
} as const;

export class SqlNodeRanks implements NodeRanks {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** First the numbers, which stand in their order, then what is none. */
  async own(filter: NodeFilter, page: RankPage): Promise<readonly RankedNode[]> {
    const isPast = page.after !== null && page.after.number === null;
    const numbers = isPast ? [] : await this.#own(filter, page, "number");
    const limit = page.limit - numbers.length;
    if (limit === 0) return numbers;
    const rest = await this.#own(filter, { ...page, after: isPast ? page.after : null, limit }, "text");
    return [...numbers, ...rest];
  }

  async #own(filter: NodeFilter, page: RankPage, form: "number" | "text"): Promise<readonly RankedNode[]> {
    const { order, later } = WORDS[page.direction];
    const [type] = filter.types;
    if (type === undefined) return [];
    const where = conditions(this.#sql, filter).add("created_seq = seq and key = ?", valueKey(type, page.name, form));
    const { after } = page;
    if (after) where.add(`(number, text, seq) ${later} (?, ?, ?)`, after.number ?? 0, after.text, after.seq);
    const text = `select ${NODE_COLUMNS}, number, text, seq from value cross join node${where.text}
      order by number ${order}, text ${order}, seq ${order} limit ?`;
    const rows = await this.#sql.all<RankedRow>(text, [...where.parameters, page.limit]);
    return rows.map((row) => ranked(form === "number" ? row : { ...row, number: null }));
  }

  /** Sources and their numbers are brought together by a window: PostgreSQL, which takes both for few, would join them row by row. */
  async best(of: NamedBy, page: RankPage): Promise<readonly RankedNode[]> {
    const { order, later, best } = WORDS[page.direction];
    const [about, parameters] = named(of);
    const key = (form: "number" | "text") => valueKey(of.source, page.name, form);
    const where = new Where().add("id = named");
    if (page.after) addAfter(where, later, page.after);
    const text = `with about(source, named) as materialized (${about}),
      told(source, named, number, is_told) as (select source, named, cast(null as double precision), 0 from about
        union all select seq, null, case when key = ? then number end, 1 from value
        where key in (?, ?) and (seq in (select source from about)) = true),
      scored(named, number, is_told) as (select named, max(number) over by_source, max(is_told) over by_source from told
        window by_source as (partition by source)),
      best(named, number) as (select named, ${best}(number) from scored where is_told = 1 and named is not null group by named)
      select ${NODE_COLUMNS}, number, '' as text, 0 as seq from best cross join node${where.text}
      order by case when number is null then 1 else 0 end, number ${order}, id limit ?`;
    const keys = [key("number"), key("number"), key("text")];
    const rows = await this.#sql.all<RankedRow>(text, [...parameters, ...keys, ...where.parameters, page.limit]);
    return rows.map(ranked);
  }
}

/** Each source, by the entry that made it, with each child that it names. */
function named({ parent, type, source, by, namespaces }: NamedBy): readonly [text: string, parameters: SqlValue[]] {
  const where = new Where()
    .add("c.parent = ? and c.type = ?", parent, type)
    .add("a.key = ? and a.number = 0 and a.text = c.id", valueKey(source, by, "text"))
    .add("s.type = ? and s.created_seq = a.seq", source);
  if (namespaces) where.add(`s.namespace in ${marks(namespaces.length)}`, ...namespaces);
  return [`select a.seq, c.id from node c cross join value a cross join node s${where.text}`, where.parameters];
}

function addAfter(where: Where, later: "<" | ">", { number, id }: Rank): void {
  if (number === null) where.add("number is null and id > ?", id);
  else where.add(`(number ${later} ? or (number = ? and id > ?) or number is null)`, number, number, id);
}

function ranked(row: RankedRow): RankedNode {
  return { node: toNode(row), rank: { number: row.number, text: row.text, seq: Number(row.seq), id: row.id } };
}
