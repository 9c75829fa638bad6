import type { NumberRange, ValueCondition, ValueSource } from "../../ports/value-condition.ts";
import { marks, type Sql, type SqlValue } from "./sql.ts";
import { valueKey, valuePlace } from "./value-rows.ts";
import { Where } from "./where.ts";

type Condition = readonly [text: string, parameters: readonly SqlValue[]];

const COMPARED: Readonly<Record<keyof NumberRange, string>> = { above: ">", atLeast: ">=", below: "<", atMost: "<=" };

/**
 * Narrows nodes of these types to those for which every condition holds. The first finds them. The others are asked of what was found: behind
 * a comparison PostgreSQL looks into a hash, where it would else join what it takes for a few rows with each other, and be seconds about it.
 */
export function addValues(
  where: Where,
  sql: Sql,
  types: readonly string[],
  [first, ...others]: readonly ValueCondition[],
): void {
  if (first !== undefined) where.add(...spread(isFoundBy(sql, types, first)));
  for (const other of others) {
    const [text, parameters] = isFoundBy(sql, types, other);
    where.add(`(${text}) = true`, ...parameters);
  }
}

function isFoundBy(sql: Sql, types: readonly string[], condition: ValueCondition): Condition {
  const found = condition.sources.map((source) => foundBy(sql, types, source, condition));
  const column = isByEntry(condition) ? "created_seq" : "id";
  const selects = found.map(([text]) => text).join(" union ");
  return [`${column} in (${selects})`, found.flatMap(([, parameters]) => parameters)];
}

/** Whether the nodes are found by the entries that made them, and not by their ids. */
export function isByEntry({ sources }: ValueCondition): boolean {
  return sources.every(({ link }) => link === "itself" || "namedBy" in link);
}

/** A select of the entries that made the nodes, or of their ids. CROSS JOIN: SQLite begins with the values, which it knows no number of. */
function foundBy(sql: Sql, [type]: readonly string[], source: ValueSource, condition: ValueCondition): Condition {
  const where = new Where().add(...spread(isTrue(source.type, condition)));
  const { link } = source;
  if (link === "itself") return [`select v.seq from value v${where.text}`, where.parameters];
  where.add("s.type = ? and s.created_seq = v.seq", source.type);
  const { namespaces } = condition;
  if (namespaces) where.add(`(s.namespace is null or s.namespace in ${marks(namespaces.length)})`, ...namespaces);
  const sources = "from value v cross join node s";
  if ("field" in link) return [`select ${field(sql, link.field)} ${sources}${where.text}`, where.parameters];
  where.add("r.key = ? and r.number = 0 and r.text = s.id", valueKey(type!, link.namedBy, "text"));
  return [`select r.seq ${sources} cross join value r${where.text}`, where.parameters];
}

function field({ dialect }: Sql, name: string): string {
  if (name === "parent") return "s.parent";
  return dialect === "sqlite" ? `s.attributes ->> '${name}'` : `s.attributes::json ->> '${name}'`;
}

/** With neither numbers nor values to compare with, that there is one. */
function isTrue(type: string, { name, oneOf, range }: ValueCondition): Condition {
  if (oneOf) {
    const places = oneOf.map((value) => valuePlace(type, { ...value, name }));
    const texts = places.map(() => "(v.key = ? and v.number = ? and v.text = ?)");
    return [`(${texts.join(" or ") || "false"})`, places.flat()];
  }
  if (!range) return ["v.key in (?, ?)", [valueKey(type, name, "number"), valueKey(type, name, "text")]];
  const compared = Object.entries(range) as [keyof NumberRange, number][];
  const texts = compared.map(([operator]) => ` and v.number ${COMPARED[operator]} ?`).join("");
  return [`v.key = ?${texts}`, [valueKey(type, name, "number"), ...compared.map(([, number]) => number)]];
}

function spread([text, parameters]: Condition): [string, ...SqlValue[]] {
  return [text, ...parameters];
}
