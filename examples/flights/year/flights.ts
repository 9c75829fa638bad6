import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openDuckDb } from "@clew/cli";
import { DATA } from "../flights-client.ts";

/** What the model is asked with: computed by this query for training and for every request. */
export const FEATURES_SQL = readFileSync(join(import.meta.dirname, "features.sql"), "utf8").trim();

export type Value = string | number | boolean | null;

/** One scheduled departure: what is known before it leaves, and what became of it. */
export interface Flight {
  /** The answer of `features.sql`; a feature that is not known is null. */
  readonly features: Readonly<Record<string, Value>>;
  readonly half: Half;
  /** It leaves at six in the evening or later: the process that is replaced warns of every such flight. */
  readonly isEvening: boolean;
  /** Minutes after its scheduled arrival; null where it was cancelled or diverted. */
  readonly delayMinutes: number | null;
}

/** The halves of a month: days 1 to 15, and the rest. */
export type Half = 1 | 2;
export const HALVES = [1, 2] as const satisfies readonly Half[];

const EVENING_FROM_HOUR = 18;

/** The flights of a month as a table, of so many one: the same ones wherever it is asked. */
export const thinned = (month: string, oneOf: number): string =>
  `SELECT * FROM '${join(DATA, `flights-2013-${month}.parquet`)}' WHERE flight % ${oneOf} = 0`;

/** The departures of a month of 2013, in the order of their schedule. */
export async function flightsOf(month: string, oneOf: number): Promise<Flight[]> {
  const { connection, close } = await openDuckDb();
  try {
    await connection.run(`CREATE VIEW data AS ${thinned(month, oneOf)}`);
    for (const joined of ["weather", "planes"])
      await connection.run(`CREATE VIEW ${joined} AS SELECT * FROM '${join(DATA, joined)}.parquet'`);
    const half = `CASE WHEN d.day <= 15 THEN 1 ELSE 2 END AS ${HALF}`;
    const query = FEATURES_SQL.replace("SELECT ", `SELECT d.arr_delay AS ${OUTCOME}, ${half}, `);
    const inOrder = `${query} ORDER BY d.time_hour, d.minute, d.carrier, d.flight, d.origin`;
    const answer = await connection.runAndReadAll(`SELECT * EXCLUDE (delayed) FROM (${inOrder})`);
    return answer.getRowObjectsJS().map((row) => flightOf(row as Record<string, Value | bigint>));
  } finally {
    close();
  }
}

const OUTCOME = "outcome_minutes";
const HALF = "half_of_month";

function flightOf({ [OUTCOME]: delayMinutes, [HALF]: half, ...known }: Record<string, Value | bigint>): Flight {
  const features = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, plain(value)]));
  return {
    features,
    half: Number(half) as Half,
    isEvening: Number(features["hour"]) >= EVENING_FROM_HOUR,
    delayMinutes: delayMinutes === null ? null : Number(delayMinutes),
  };
}

function plain(value: Value | bigint | undefined): Value {
  return typeof value === "bigint" ? Number(value) : (value ?? null);
}
