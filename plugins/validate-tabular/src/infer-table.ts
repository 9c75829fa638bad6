import { type DataProfile, SchemaColumn, type TabularDatabase } from "@clew/plugin-tabular";
import { type Profiled, profileTable } from "./profile-table.ts";
import { countDuplicates } from "./repeated-rows.ts";
import type { SourceTable } from "./source.ts";
import { kindOf } from "./typed-column.ts";
import { TypedTable } from "./typed-table.ts";
import { countable, countValues } from "./value-counts.ts";

type Kind = SchemaColumn["type"];

/** The rows of each file format that types are looked for in; the rest are checked against what was found. */
const SAMPLE_ROWS = 20_000;
/** A column is of a type although this share of its values is not: they are anomalies. */
const MISFIT_SHARE = 0.01;
/** The first that fits is it: zeros and ones are numbers until somebody says otherwise, and anything is ANY. */
const CANDIDATES: readonly Kind[] = ["INT", "FLOAT", "BOOL", "DATE", "TIMESTAMP", "STRING", "ANY"];

/** The types of a table's columns, from all rows, with what was found in them. */
export async function profileUntyped(
  database: TabularDatabase,
  table: SourceTable,
): Promise<{ typed: TypedTable; profiled: Profiled }> {
  let kinds = await sampleKinds(database, table);
  for (;;) {
    const typed = new TypedTable(table, columnsOf(table, kinds));
    const profiled = await profileTable(database, typed);
    const wider = profiled.columns.map((column, index) => (isMixed(column) ? widerThan(kinds[index]!) : kinds[index]!));
    if (wider.every((kind, index) => kind === kinds[index])) return { typed, profiled };
    kinds = wider;
  }
}

/** Types of some columns, from a sample. */
export async function sampleColumns(database: TabularDatabase, table: SourceTable): Promise<SchemaColumn[]> {
  return columnsOf(table, await sampleKinds(database, table));
}

/** Adds what takes further looks at the table: duplicates and the values of columns that have few. */
export async function wholeProfile(
  database: TabularDatabase,
  typed: TypedTable,
  { rows, columns }: Profiled,
): Promise<DataProfile> {
  const values = await countValues(database, typed, countable(columns));
  const duplicates = await countDuplicates(database, typed.table);
  return {
    rows,
    duplicates,
    columns: columns.map((column, index) => ({ ...column, values: values.get(index) ?? null })),
  };
}

/** What the file says of Parquet; of text, the narrowest type that a sample of the values is of. */
async function sampleKinds(database: TabularDatabase, table: SourceTable): Promise<Kind[]> {
  const textual = { ...table, sources: table.sources.filter(({ format }) => format !== "PARQUET") };
  const stored = table.columns.map((name) => {
    const types = table.sources.flatMap(({ format, columns }) =>
      format === "PARQUET" && columns.has(name) ? [columns.get(name)!] : [],
    );
    return types.length === 0 ? null : kindOf(types[0]!);
  });
  const kinds: (Kind | null)[] = stored;
  if (textual.sources.length === 0) return kinds.map((kind) => kind ?? "STRING");
  for (const kind of CANDIDATES) {
    const open = table.columns.flatMap((_, index) => (kinds[index] === null ? [index] : []));
    const candidates = open.map((index) => columnOf(table.columns[index]!, kind));
    const { columns } = await profileTable(database, new TypedTable(textual, candidates), [], {
      sampleRows: SAMPLE_ROWS,
    });
    for (const [place, column] of columns.entries()) {
      if (column.present > 0 && !isMixed(column)) kinds[open[place]!] = kind;
    }
  }
  return kinds.map((kind) => kind ?? "STRING");
}

function isMixed({ present, misfits }: { present: number; misfits: number }): boolean {
  return misfits > present * MISFIT_SHARE;
}

function widerThan(kind: Kind): Kind {
  return kind === "INT" ? "FLOAT" : kind === "DATE" ? "TIMESTAMP" : kind === "STRING" ? "ANY" : "STRING";
}

function columnsOf(table: SourceTable, kinds: readonly Kind[]): SchemaColumn[] {
  return table.columns.map((name, index) => columnOf(name, kinds[index]!));
}

function columnOf(name: string, type: Kind): SchemaColumn {
  return SchemaColumn.parse({ name, type });
}
