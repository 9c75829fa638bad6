import { type FeatureSample, type SampledColumn, WindowSample } from "@clew/plugin-drift";
import { PluginFailure } from "@clew/plugin-sdk";
import {
  numbersOf,
  quoteName,
  readTable,
  type Table,
  TabularDatabase,
  textOf,
  viewsOf,
  type Wanted,
  withoutEnd,
} from "@clew/plugin-tabular";
import type { MonitoringJob } from "./job-types.ts";
import type { Parameters } from "./parameters.ts";
import { sampledColumns, sampledSlice } from "./settings.ts";

/** What windows are compared with: the features' samples, of all rows and of slices. */
export class Reference {
  readonly rows: number;
  readonly #sample: WindowSample;
  readonly #slices = new Map<string, ReadonlyMap<string, FeatureSample>>();

  constructor(sample: WindowSample) {
    this.#sample = sample;
    this.rows = sample.size;
  }

  /** Of the rows where the slice has this value; of all where it is left out. */
  samples(slice?: { readonly name: string; readonly value: string }): ReadonlyMap<string, FeatureSample> {
    const key = JSON.stringify(slice ?? null);
    const known = this.#slices.get(key);
    if (known !== undefined) return known;
    const samples = this.#sample.samples(
      slice === undefined ? undefined : (row) => row[sampledSlice(slice.name)] === slice.value,
    );
    this.#slices.set(key, samples);
    return samples;
  }

  /** The most frequent values of a slice, the first of equally frequent ones by their text. */
  valuesOf({ name, maxValues }: Pick<Parameters["slices"][number], "name" | "maxValues">): string[] {
    const sample = this.samples().get(sampledSlice(name));
    if (sample?.kind !== "categorical") return [];
    const byCount = [...sample.counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    return byCount.slice(0, maxValues).map(([value]) => value);
  }
}

/** A column of the reference, what it is in the sample, and how it is read. */
interface Read {
  readonly sampled: SampledColumn;
  readonly wanted: Wanted;
}

/**
 * Reads the reference's rows, a uniform sample of them where there are many.
 * @throws {PluginFailure} BAD_INPUT where it has no rows, lacks a column or has one of another kind; BAD_PARAMETERS where the sql is none.
 */
export async function readReference({ inputs, parameters }: MonitoringJob): Promise<Reference> {
  const database = await TabularDatabase.open(viewsOf(inputs.reference, []));
  try {
    const sampled = sampledColumns(parameters);
    const sources = [...parameters.features, ...parameters.slices].map(({ name, reference }) => reference ?? name);
    const types = new Map((await database.describeQuery(parameters.sql)).map(({ name, type }) => [name, type]));
    const reads = sampled.map((column, index) => readOf(column, sources[index]!, types));
    const table = await readTable(
      database,
      sampledQuery(parameters, sources),
      reads.map(({ wanted }) => wanted),
      { misfit: "BAD_INPUT" },
    );
    return new Reference(sampleOf(table, reads, parameters.referenceRows));
  } finally {
    database[Symbol.dispose]();
  }
}

function readOf(sampled: SampledColumn, column: string, types: ReadonlyMap<string, string>): Read {
  const type = types.get(column);
  if (type === undefined) throw new PluginFailure("BAD_INPUT", `the reference has no column ${column}`);
  const isNumber = sampled.kind === "numeric" || /^(FLOAT|DOUBLE|DECIMAL.*)$/.test(type);
  return { sampled, wanted: { column, as: !isNumber ? "text" : type === "BOOLEAN" ? "boolean" : "number" } };
}

function sampledQuery({ sql, referenceRows, drift }: Parameters, columns: readonly string[]): string {
  const list = [...new Set(columns)].map(quoteName).join(", ");
  const from = `SELECT ${list} FROM (${withoutEnd(sql)}\n)`;
  return `${from} USING SAMPLE reservoir(${referenceRows} ROWS) REPEATABLE (${drift.seed & 0x7fff_ffff})`;
}

function sampleOf(table: Table, reads: readonly Read[], capacity: number): WindowSample {
  const sample = new WindowSample({ columns: reads.map(({ sampled }) => sampled), capacity });
  const readers = reads.map(({ sampled, wanted }) => [sampled.name, readerOf(table, wanted)] as const);
  for (let row = 0; row < table.rows; row++) {
    sample.add(String(row), Object.fromEntries(readers.map(([name, read]) => [name, read(row)])));
  }
  return sample;
}

function readerOf(table: Table, { column, as }: Wanted): (row: number) => unknown {
  if (as !== "text") {
    const numbers = numbersOf(table, column);
    return (row) => numbers[row];
  }
  const { codes, dictionary } = textOf(table, column);
  return (row) => dictionary[codes[row]!];
}
