import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { DATA } from "../flights-client.ts";

/** The file of a month as the airports deliver it once it is over, with what became of each flight. */
export const fileOf = (month: string): string => join(DATA, `flights-2013-${month}.parquet`);

/**
 * The same month as it comes from a system that was changed overnight: distances in kilometres, carriers by their names, and a tenth of the
 * flights twice. It is planted, so that there is something to catch.
 */
export async function spoiltFileOf(month: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "clew-year-")), `flights-2013-${month}.parquet`);
  const instance = await DuckDBInstance.create(":memory:", { autoinstall_known_extensions: "false" });
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (
      WITH spoilt AS (SELECT f.* REPLACE (round(distance * 1.609344)::INT AS distance, coalesce(a.name, f.carrier) AS carrier)
                      FROM '${fileOf(month)}' f LEFT JOIN '${join(DATA, "airlines.parquet")}' a ON a.carrier = f.carrier)
      SELECT * FROM spoilt UNION ALL SELECT * FROM spoilt WHERE day % 10 = 3
    ) TO '${file}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return file;
}
