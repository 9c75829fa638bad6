import { join } from "node:path";
import { openDuckDb } from "@clew/cli";
import { DATA } from "../flights-client.ts";
import { type Half, thinned } from "./flights.ts";

/** What the airports deliver after each half of a month: the flights, and what became of them. */
export class Deliveries {
  readonly #dir: string;
  readonly #oneOf: number;

  /**
   * @param dir where the files are cut to
   * @param oneOf of so many flights one is delivered
   */
  constructor(dir: string, oneOf: number) {
    this.#dir = dir;
    this.#oneOf = oneOf;
  }

  file(month: string, half: Half): Promise<string> {
    return this.#write(`flights-2013-${month}-${half}.parquet`, this.#cut(month, half));
  }

  /**
   * The same as it comes from a system that was changed overnight: distances in kilometres, carriers by their names, a third of the flights
   * twice. It is planted, so that there is something to catch.
   */
  spoiltFile(month: string, half: Half): Promise<string> {
    const airlines = `'${join(DATA, "airlines.parquet")}'`;
    return this.#write(
      `flights-2013-${month}-${half}-spoilt.parquet`,
      `WITH spoilt AS (
         SELECT f.* REPLACE (round(f.distance * 1.609344)::INT AS distance, coalesce(a.name, f.carrier) AS carrier)
         FROM (${this.#cut(month, half)}) f LEFT JOIN ${airlines} a ON a.carrier = f.carrier)
       SELECT * FROM spoilt UNION ALL SELECT * FROM spoilt WHERE day % 3 = 0`,
    );
  }

  async #write(name: string, query: string): Promise<string> {
    const file = join(this.#dir, name);
    // One thread, so that a file has the same rows in the same order each time.
    const { connection, close } = await openDuckDb({ threads: "1" });
    try {
      await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
    } finally {
      close();
    }
    return file;
  }

  #cut(month: string, half: Half): string {
    return `${thinned(month, this.#oneOf)} AND ${half === 1 ? "day <= 15" : "day > 15"}`;
  }
}
