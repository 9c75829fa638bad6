import type { AttributeCondition, EdgeCondition, NodeFilter } from "../../ports/node-reader.ts";
import type { TagTime } from "../../ports/tags.ts";
import { endText, facetColumn } from "./node-facets.ts";
import { marks, type Sql } from "./sql.ts";
import { addValues, isByEntry } from "./value-conditions.ts";
import { Where } from "./where.ts";

const NOT_ERASED = "(name not like 'sha256:%' or exists (select 1 from personal where personal.digest = node.name))";
/** Sorts after every hex digit. */
const AFTER_HEX = "g";

/**
 * The parts that a list is put together from, no node in two of them. Of one type, one state, one value of an attribute an index knows the
 * nodes in the order in which they were made; of several it does not, but a database merges parts that are in order.
 */
export function partsOf(sql: Sql, filter: NodeFilter): Where[] {
  const { types, alsoIds = [] } = filter;
  const parts = (types.length === 0 ? [] : split(filter)).map((one) => {
    const where = conditions(sql, one);
    return alsoIds.length === 0 ? where : where.add(`id not in ${marks(alsoIds.length)}`, ...alsoIds);
  });
  if (alsoIds.length === 0) return parts;
  return [...parts, addReach(new Where().add(`id in ${marks(alsoIds.length)}`, ...alsoIds), filter)];
}

/** The filter once for each type, or for each state, or for each value of the first attribute that may have several. */
function split(filter: NodeFilter): NodeFilter[] {
  const { types, states, attributes = [] } = filter;
  if (isFound(filter)) return [filter];
  if (types.length !== 1) return types.map((type) => ({ ...filter, types: [type] }));
  if (states !== undefined && states.length !== 1)
    return distinct(states).map((state) => ({ ...filter, states: [state] }));
  const at = attributes.findIndex((one) => "values" in one && one.values.length !== 1);
  const several = attributes[at];
  if (several === undefined || !("values" in several)) return [filter];
  const { path, values } = several;
  return distinct(values).map((value) => ({ ...filter, attributes: attributes.with(at, { path, values: [value] }) }));
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** Whether what is asked for is found by other than type and order: it is a few nodes. */
function isFound({
  parent,
  parents,
  name,
  personalNames = false,
  digestPrefix,
  attributes = [],
  values,
}: NodeFilter): boolean {
  const isByName = name !== undefined && !personalNames;
  const isByValue = values?.[0] !== undefined && !isByEntry(values[0]);
  const isByPrefix = digestPrefix !== undefined || attributes.some((one) => "prefix" in one);
  return parent !== undefined || parents !== undefined || isByName || isByValue || isByPrefix;
}

/** All of a filter in one part, whatever that costs its order. */
export function conditions(sql: Sql, filter: NodeFilter): Where {
  const {
    parent,
    parents,
    states,
    name,
    nameContains,
    personalNames = false,
    notErased,
    version,
    digestPrefix,
  } = filter;
  const where = addType(new Where(), sql, filter);
  if (parent !== undefined) where.add("parent = ?", parent);
  if (parents) where.add(`parent in ${marks(parents.length)}`, ...parents);
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
  if (notErased) where.add(NOT_ERASED);
  if (digestPrefix !== undefined) addPrefix(where, "digest", digestPrefix);
  addAttributes(where, sql, filter);
  if (filter.parentIs) addParent(where, sql, filter.parentIs);
  addValues(where, sql, filter.types, filter.values ?? []);
  return addReach(where, filter);
}

/** The conditions that hold for what a list has besides, too. */
function addReach(where: Where, { namespaces, created, tagged }: NodeFilter): Where {
  if (namespaces) where.add(`(namespace is null or namespace in ${marks(namespaces.length)})`, ...namespaces);
  if (created?.fromSeq !== undefined) where.add("created_seq >= ?", created.fromSeq);
  if (created?.untilSeq !== undefined) where.add("created_seq < ?", created.untilSeq);
  for (const tag of tagged?.tags ?? []) addTag(where, tag, tagged!.at);
  return where;
}

/**
 * SQLite has no statistics: for the order's sake it would read all nodes of a type to find the few of one parent or name. With a plus
 * before the column it does not look there.
 */
function addType(where: Where, { dialect }: Sql, filter: NodeFilter): Where {
  const { types } = filter;
  return where.add(`${dialect === "sqlite" && isFound(filter) ? "+type" : "type"} in ${marks(types.length)}`, ...types);
}

/** A column has another attribute for each type. */
function addAttributes(where: Where, sql: Sql, { types, attributes = [], edges = [] }: NodeFilter): void {
  if (attributes.length === 0 && edges.length === 0) return;
  const [type, another] = types;
  if (type === undefined || another !== undefined) throw new Error("only a list of one type is filtered by attributes");
  for (const attribute of attributes) addAttribute(where, facetColumn(type, attribute.path), attribute);
  for (const edge of edges) addEdge(where, sql, edge);
}

function addAttribute(where: Where, column: string, attribute: AttributeCondition): void {
  if ("prefix" in attribute) addPrefix(where, column, attribute.prefix);
  else where.add(`${column} in ${marks(attribute.values.length)}`, ...attribute.values);
}

/** SQLite would find all children of these parents, to put them in order: with a plus it reads the children in their order. */
function addParent(where: Where, { dialect }: Sql, { type, attributes }: NonNullable<NodeFilter["parentIs"]>): void {
  const parent = new Where().add("type = ?", type);
  for (const attribute of attributes) addAttribute(parent, facetColumn(type, attribute.path), attribute);
  where.add(
    `${dialect === "sqlite" ? "+parent" : "parent"} in (select id from node${parent.text})`,
    ...parent.parameters,
  );
}

/** Of a type, one edge at most has its ends in the column. */
function addEdge(where: Where, { dialect }: Sql, { to, fromSeq }: EdgeCondition): void {
  const holds = dialect === "sqlite" ? "instr(ends, ?) > 0" : "position(?::text in ends) > 0";
  where.add("ends is not null").add("created_seq >= ?", fromSeq).add(holds, endText(to));
}

/** Of hex digits, whatever order the database gives letters. */
function addPrefix(where: Where, text: string, prefix: string): void {
  where.add(`${text} >= ?`, prefix).add(`${text} < ?`, `${prefix}${AFTER_HEX}`);
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
export function addTime(where: Where, { at, knownSeq }: TagTime): void {
  where.add("valid_from <= ?", at).add("(valid_to is null or valid_to > ?)", at);
  if (knownSeq === undefined) where.add("ended_seq is null");
  else where.add("recorded_seq <= ?", knownSeq).add("(ended_seq is null or ended_seq > ?)", knownSeq);
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (char) => `\\${char}`);
}
