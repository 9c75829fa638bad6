import type { Sql } from "./sql.ts";

type Dialect = Sql["dialect"];

/** PostgreSQL's jsonb refuses U+0000, which texts of attributes may hold; what stands for it leaves the JSON valid. */
const JSONB = String.raw`replace(attributes, '\u0000', '\ufffd')::jsonb`;

/**
 * A text of a node's attributes, at `plugin.name` or `about[0].id`. Indexes and statements must have the very same expression, so that
 * the one is found for the other; a database makes no parameter of it.
 */
export function attributeSql(dialect: Dialect, path: string): string {
  if (dialect === "sqlite") return `json_extract(attributes, '$.${path}')`;
  return `(${JSONB} #>> '{${path.replaceAll(/[.[\]]+/g, ",")}}')`;
}

/** Whether an edge to many nodes has any end. */
export function edgeIsThere(dialect: Dialect, field: string): string {
  return `${attributeSql(dialect, `${field}[0].id`)} is not null`;
}

/** Whether one end of an edge to many nodes is the node of the parameter, which must be given twice. Most nodes are decided by the first half. */
export function edgeLeadsToSql(dialect: Dialect, field: string): string {
  if (dialect === "sqlite")
    return `(instr(attributes, ?) > 0 and exists (select 1 from json_each(attributes, '$.${field}') where value ->> 'id' = ?))`;
  const end = "jsonb_build_array(jsonb_build_object('id', ?::text))";
  return `(position(?::text in attributes) > 0 and ${JSONB} -> '${field}' @> ${end})`;
}

export function attributeIndexName(type: string, path: string): string {
  return `node_${snakeCase(type)}_${snakeCase(path)}`;
}

/** What node definitions declare as `indexed`, where it is a text: nodes of one value in the order in which they were made. */
const TEXTS: readonly (readonly [type: string, path: string])[] = [
  ["Run", "runType"],
  ["Run", "kind"],
  ["Run", "plugin.name"],
  ["Run", "attributedTo"],
  ["Report", "reportType"],
  ["Report", "verdict"],
  ["Alert", "severity"],
  ["Alert", "attributedTo"],
  ["Decision", "decisionType"],
  ["Decision", "attributedTo"],
  ["Deployment", "attributedTo"],
  ["Endpoint", "attributedTo"],
  ["CodeVersion", "commit"],
  ["CodeVersion", "attributedTo"],
  ["DatasetVersion", "attributedTo"],
  ["Agent", "kind"],
];

/** And where it is an edge to many nodes: no index holds every end, so this one holds the nodes that have any. */
const EDGES: readonly (readonly [type: string, field: string])[] = [
  ["Run", "triggeredBy"],
  ["Report", "about"],
];

/** The indexes as the migrations have made them. */
export function attributeIndexes(dialect: Dialect): { readonly name: string; readonly expression: string }[] {
  const index = (type: string, path: string, columns: string, condition = "") => {
    const name = attributeIndexName(type, path);
    return { name, expression: `create index "${name}" on "node" (${columns}) where type = '${type}'${condition}` };
  };
  return [
    ...TEXTS.map(([type, path]) => index(type, path, `${attributeSql(dialect, path)}, created_seq, id`)),
    ...EDGES.map(([type, field]) => index(type, field, "created_seq, id", ` and ${edgeIsThere(dialect, field)}`)),
  ];
}

function snakeCase(text: string): string {
  return text
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll(".", "_")
    .toLowerCase();
}
