import { quoteName, quoteText, type SchemaColumn } from "@clew/plugin-tabular";
import type { Source } from "./copied-source.ts";
import { fromOf, type SourceTable } from "./source.ts";
import { missingColumn, type TypedColumn, typedColumn } from "./typed-column.ts";

export interface TypedQueryOptions {
  /** Adds `r0`, `r1`, …: all the table's columns as they stand. */
  raw?: boolean;
  /** Of each source, at most so many rows. */
  sampleRows?: number;
}

const NO_SOURCE: Source = { format: "PARQUET", parquet: [], files: [], columns: new Map() };

/** A table seen through a schema's columns: value `v0` and anomaly `t0` (null where the value is of its type) for the first. */
export class TypedTable {
  readonly table: SourceTable;
  readonly columns: readonly SchemaColumn[];
  /** Of each column: the anomalies that its values may be. */
  readonly misfits: readonly (readonly string[])[];

  constructor(table: SourceTable, columns: readonly SchemaColumn[]) {
    this.table = table;
    this.columns = columns;
    this.misfits = columns.map((column) => [
      ...new Set(table.sources.flatMap((source) => typed(source, column).misfits.map(({ anomaly }) => anomaly))),
    ]);
  }

  /** One SELECT, in brackets; a table without files has no rows. */
  query({ raw = false, sampleRows }: TypedQueryOptions = {}): string {
    const limit = sampleRows === undefined ? "" : ` LIMIT ${sampleRows}`;
    const selects = this.table.sources.map((source) => {
      return `(SELECT ${this.#items(source, raw)} FROM ${fromOf(source)}${limit})`;
    });
    if (selects.length > 0) return `(${selects.join(" UNION ALL ")})`;
    return `(SELECT ${this.#items(NO_SOURCE, raw)} WHERE false)`;
  }

  #items(source: Source, raw: boolean): string {
    const values = this.columns.flatMap((column, index) => {
      const { value, misfits } = typed(source, column);
      return [`${value} AS v${index}`, `${misfitSql(misfits)} AS t${index}`];
    });
    const own = raw ? this.table.columns.map((name, index) => `${this.#raw(source, name)} AS r${index}`) : [];
    return [...values, ...own, "1 AS one"].join(", ");
  }

  /** Sources of several formats have no type in common but text. */
  #raw(source: Source, name: string): string {
    const has = source.columns.has(name);
    if (this.isParquet) return has ? quoteName(name) : "NULL";
    return has ? `CAST(${quoteName(name)} AS VARCHAR)` : "NULL::VARCHAR";
  }

  get isParquet(): boolean {
    return this.table.sources.every(({ format }) => format === "PARQUET");
  }
}

function typed({ format, columns }: Source, column: SchemaColumn): TypedColumn {
  const rawType = columns.get(column.name);
  return rawType === undefined ? missingColumn(column) : typedColumn(column, format, quoteName(column.name), rawType);
}

function misfitSql(misfits: TypedColumn["misfits"]): string {
  if (misfits.length === 0) return "NULL::VARCHAR";
  return `CASE ${misfits.map(({ when, anomaly }) => `WHEN ${when} THEN ${quoteText(anomaly)}`).join(" ")} END`;
}
