import { expect } from "vitest";
import type { ReachableServer } from "./answer.ts";

const nameOf = (n: number) => `feature_${String(n).padStart(5, "0")}`;
const each = <T>(columns: number, make: (n: number) => T) => Array.from({ length: columns }, (_, n) => make(n));

/** A table of so many columns, as wide feature tables are. */
export const schemaOf = (columns: number) =>
  each(columns, (n) => ({ name: nameOf(n), type: n % 3 ? "DOUBLE" : "BIGINT", nullable: n % 2 === 0 }));

export const statisticsOf = (columns: number) =>
  each(columns, (n) => ({
    column: nameOf(n),
    nulls: n,
    distinctApprox: n * 7,
    min: `${-n}.5`,
    max: n % 5 ? `${n}.5` : null,
    mean: n / 7,
    stddev: null,
  }));

/** Each column comes from two of an input. */
export const lineageOf = (columns: number, input: string) =>
  each(columns, (n) => ({
    column: nameOf(n),
    from: [
      { input, column: `raw_${n}` },
      { input, column: `raw_${n + 1}` },
    ],
    via: "TRANSFORMATION" as const,
    expression: `raw_${n} / raw_${n + 1}`,
    masking: n % 11 === 0,
  }));

export const WIDE = `query Wide($id: ID!) {
  node(id: $id) {
    ... on DatasetVersion {
      digest schemaDigest
      schema { name type nullable }
      statistics { column nulls distinctApprox min max mean stddev }
      columnLineage { column from { input column } via expression masking }
    }
    ... on ModelVersion {
      signature { inputs { name type } outputs { name type } }
      columnLineage { column from { input column } via expression masking }
    }
  }
}`;

/** Expects that a dataset version answers all that was said of its columns. */
export async function expectWide(server: ReachableServer, id: string, columns: number, input?: string): Promise<void> {
  const { data, text } = await server.gql(WIDE, { id });
  if (!data?.node) throw new Error(text.slice(0, 500));
  const { schema, statistics, columnLineage } = data.node;
  // Compared as text: a difference in 10,000 columns is shown in no time.
  expect(JSON.stringify(schema)).toBe(JSON.stringify(schemaOf(columns)));
  expect(JSON.stringify(statistics)).toBe(JSON.stringify(statisticsOf(columns)));
  const lineage = input === undefined ? [] : lineageOf(columns, input);
  expect(JSON.stringify(columnLineage)).toBe(JSON.stringify(lineage));
}
