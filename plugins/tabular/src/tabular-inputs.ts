import type { LocalInput } from "@clew/plugin-sdk";
import { PluginFailure } from "@clew/plugin-sdk";

/** The view that the main table has in SQL. */
export const MAIN_VIEW = "data";

export const CSV = /\.(csv|tsv)(\.gz)?$/i;
const READERS: readonly [suffix: RegExp, call: (files: string) => string][] = [
  [/\.parquet$/i, (files) => `read_parquet(${files}, union_by_name = true)`],
  [/\.(jsonl|ndjson)(\.gz)?$/i, (files) => `read_json(${files}, format = 'newline_delimited', union_by_name = true)`],
];
/** What a version's files are read of; others are ignored. */
const SUFFIXES = [CSV, ...READERS.map(([suffix]) => suffix)];

/** The files that SQL sees as one table. */
export interface View {
  name: string;
  /** Role of the run's input that its files come from. */
  role: string;
  /** Keys of the versions that its files come from. */
  keys: string[];
  /** Absolute paths. */
  files: string[];
}

/**
 * The main table's versions become the view `data`, each joined version a view named after its dataset, with `_` for what
 * may not stand in a name: `flights/ny-weather@3` is `ny_weather`. Several versions of one dataset share a view.
 * @throws {PluginFailure} BAD_INPUT where a version has no file that can be read, or two datasets would share a name.
 */
export function viewsOf(main: readonly LocalInput[], joined: readonly LocalInput[]): View[] {
  const views = new Map<string, View>();
  for (const input of main) add(views, MAIN_VIEW, "data", input);
  for (const input of joined) add(views, viewName(input.key), "join", input);
  return [...views.values()];
}

function add(views: Map<string, View>, name: string, role: string, input: LocalInput): void {
  const view = views.get(name) ?? { name, role, keys: [], files: [] };
  if (view.role !== role || view.keys.some((key) => assetOf(key) !== assetOf(input.key) && role === "join")) {
    throw new PluginFailure("BAD_INPUT", `${input.key} and ${view.keys[0]} would both be the view ${name}`);
  }
  view.keys.push(input.key);
  view.files.push(...readableFiles(input));
  views.set(name, view);
}

function readableFiles(input: LocalInput): string[] {
  const paths = input.files.map((file) => file.path).filter((path) => SUFFIXES.some((suffix) => suffix.test(path)));
  if (paths.length > 0) return paths.map((path) => input.path(path));
  throw new PluginFailure("BAD_INPUT", `${input.key} has no file ending in .parquet, .csv, .tsv, .jsonl or .ndjson`);
}

/** Keys of the datasets that a view's versions are of. */
export function datasetsOf({ keys }: View): string[] {
  return [...new Set(keys.map(assetOf))];
}

/** @param key such as `namespace/name@3` */
export function viewName(key: string): string {
  const name = assetOf(key);
  return name.slice(name.lastIndexOf("/") + 1).replaceAll(/\W/g, "_");
}

function assetOf(key: string): string {
  return key.split("@")[0]!;
}

/**
 * The statement that makes a view; columns are matched by name, a column that a file lacks is null in its rows.
 * @param separated by their delimiter, the files of separated values
 */
export function viewStatement(view: View, separated: ReadonlyMap<string, readonly string[]>): string {
  const own = READERS.flatMap(([suffix, call]) => {
    const files = view.files.filter((file) => suffix.test(file));
    return files.length === 0 ? [] : [call(listOf(files))];
  });
  const csv = [...separated].map(([delimiter, files]) => {
    return `read_csv(${listOf(files)}, ${dialectOf(delimiter)}, union_by_name = true)`;
  });
  const selects = [...own, ...csv].map((call) => `SELECT * FROM ${call}`);
  return `CREATE VIEW ${quoteName(view.name)} AS ${selects.join(" UNION ALL BY NAME ")}`;
}

/** Left to itself, DuckDB takes another delimiter, or quotes for text, where a line does not fit. */
export function dialectOf(delimiter: string): string {
  return `header = true, delim = ${quoteText(delimiter)}, quote = '"', escape = '"'`;
}

export function listOf(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(", ")}]`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A statement ends at a zero, so that none stands in it. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return quoted.includes("\0") ? `(${quoted.replaceAll("\0", "' || chr(0) || '")})` : quoted;
}
