import { timeId } from "@clew/schema";
import type { LogLineRow, LogPlace, RunLogs } from "../../ports/run-logs.ts";
import type { BigIntColumn } from "./rows.ts";
import type { Sql } from "./sql.ts";

const COLUMNS = `run_id as "runId", attempt, n, at, level, text`;

type RawLine = Omit<LogLineRow, "n" | "at"> & Record<"n" | "at", BigIntColumn>;

export class SqlRunLogs implements RunLogs {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async add(rows: readonly LogLineRow[]): Promise<void> {
    if (rows.length === 0) return;
    const values = rows.map((r) => [r.runId, r.attempt, r.n, r.at, r.level, r.text]);
    await this.#sql.run(addLines(this.#sql.dialect), [JSON.stringify(values)]);
  }

  async lines(runId: string, attempt: number | null, after: LogPlace, limit: number): Promise<readonly LogLineRow[]> {
    const of = attempt === null ? "" : " and attempt = ?";
    const text = `select ${COLUMNS} from log_line where run_id = ?${of} and (attempt, n) > (?, ?) order by attempt, n limit ?`;
    const parameters = [runId, ...(attempt === null ? [] : [attempt]), after.attempt, after.n, limit];
    const rows = await this.#sql.all<RawLine>(text, parameters);
    return rows.map((row) => ({ ...row, n: Number(row.n), at: Number(row.at) }));
  }

  async countBelow(runId: string, attempt: number, n: number): Promise<number> {
    const text = "select count(*) as count from log_line where run_id = ? and attempt = ? and n < ?";
    const [row] = await this.#sql.all<{ count: BigIntColumn }>(text, [runId, attempt, n]);
    return Number(row?.count ?? 0);
  }

  /** A run's id says when it was submitted, so that the key finds those that are old. */
  forget(before: number, limit: number): Promise<number> {
    const old = "select run_id, attempt, n from log_line where run_id < ? and at < ? limit ?";
    const text = `delete from log_line where (run_id, attempt, n) in (${old})`;
    return this.#sql.run(text, [timeId("Run", before), before, limit]);
  }
}

/** One text for any number of rows, as for measurements. */
function addLines(dialect: Sql["dialect"]): string {
  const rows = dialect === "sqlite" ? "json_each(?)" : "json_array_elements(?::json) as line(value)";
  return `insert into log_line (run_id, attempt, n, at, level, text)
    select value->>0, cast(value->>1 as integer), cast(value->>2 as bigint), cast(value->>3 as bigint), value->>4, value->>5
    from ${rows} where true on conflict do nothing`;
}
