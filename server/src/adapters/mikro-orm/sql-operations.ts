import type { LeaseRow, MeasurementRow, TokenRow } from "../../ports/ledger-store.ts";
import type { Operations } from "../../ports/operations.ts";
import type { BigIntColumn } from "./rows.ts";
import { marks, type Sql } from "./sql.ts";

const LEASE = `run_id as "runId", attempt, runner_id as "runnerId", token_hash as "tokenHash", expires_at as "expiresAt"`;
const TOKEN = `id, hash, name, agent_id as "agentId", grants, expires_at as "expiresAt", revoked_at as "revokedAt"`;
const MEASUREMENT = `run_id as "runId", attempt, name, step, n, at, value`;

/** A row whose bigint columns are as the database gives them. */
type Raw<Row, Columns extends keyof Row> = Omit<Row, Columns> & Record<Columns, BigIntColumn>;
type RawLease = Raw<LeaseRow, "expiresAt">;
type RawToken = Omit<TokenRow, "expiresAt" | "revokedAt"> & Record<"expiresAt" | "revokedAt", BigIntColumn | null>;

export class SqlOperations implements Operations {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async leases(runIds: readonly string[]): Promise<readonly LeaseRow[]> {
    if (runIds.length === 0) return [];
    const rows = await this.#sql.all<RawLease>(
      `select ${LEASE} from lease where run_id in ${marks(runIds.length)}`,
      runIds,
    );
    return rows.map(toLease);
  }

  async renewLeases(
    runnerId: string,
    held: readonly { runId: string; attempt: number }[],
    expiresAt: number,
  ): Promise<number> {
    if (held.length === 0) return 0;
    const pairs = held.map(() => "(run_id = ? and attempt = ?)").join(" or ");
    return this.#sql.run(`update lease set expires_at = ? where runner_id = ? and (${pairs})`, [
      expiresAt,
      runnerId,
      ...held.flatMap(({ runId, attempt }) => [runId, attempt]),
    ]);
  }

  async expiredLeases(now: number, limit: number): Promise<readonly LeaseRow[]> {
    const text = `select ${LEASE} from lease where expires_at <= ? order by expires_at limit ?`;
    return (await this.#sql.all<RawLease>(text, [now, limit])).map(toLease);
  }

  async extendAllLeases(expiresAt: number): Promise<void> {
    await this.#sql.run("update lease set expires_at = ? where expires_at < ?", [expiresAt, expiresAt]);
  }

  async addMeasurements(rows: readonly MeasurementRow[]): Promise<void> {
    if (rows.length === 0) return;
    const values = rows.map((r) => [r.runId, r.attempt, r.name, r.step, r.n, r.at, r.value]);
    await this.#sql.run(addMeasurements(this.#sql.dialect), [JSON.stringify(values)]);
  }

  async measurements(
    runId: string,
    name: string | null,
    after: number,
    limit: number,
  ): Promise<readonly MeasurementRow[]> {
    const named = name === null ? "" : " and name = ?";
    const parameters = [runId, after, ...(name === null ? [] : [name]), limit];
    const text = `select ${MEASUREMENT} from measurement where run_id = ? and n > ?${named} order by n, name, step, attempt limit ?`;
    const rows = await this.#sql.all<Raw<MeasurementRow, "step" | "n" | "at">>(text, parameters);
    return rows.map((row) => ({ ...row, step: Number(row.step), n: Number(row.n), at: Number(row.at) }));
  }

  async countMeasurements(runId: string, attempt: number): Promise<number> {
    const text = "select count(*) as n from measurement where run_id = ? and attempt = ?";
    const [row] = await this.#sql.all<{ n: number | string }>(text, [runId, attempt]);
    return Number(row?.n ?? 0);
  }

  async tokenByHash(hash: string): Promise<TokenRow | null> {
    const [row] = await this.#sql.all<RawToken>(`select ${TOKEN} from token where hash = ?`, [hash]);
    return row ? toToken(row) : null;
  }

  async holdsToken(agentId: string, now: number): Promise<boolean> {
    const text =
      "select id from token where agent_id = ? and revoked_at is null and (expires_at is null or expires_at > ?) limit 1";
    return (await this.#sql.all(text, [agentId, now])).length > 0;
  }

  async tokens(of?: { readonly id: string } | { readonly agentId: string }): Promise<readonly TokenRow[]> {
    const [where, parameters] =
      of === undefined ? ["", []] : "id" in of ? [" where id = ?", [of.id]] : [" where agent_id = ?", [of.agentId]];
    return (await this.#sql.all<RawToken>(`select ${TOKEN} from token${where} order by id`, parameters)).map(toToken);
  }
}

/** One statement, so one transaction, and one text for any number of rows, so that it is prepared once. */
function addMeasurements(dialect: Sql["dialect"]): string {
  const rows = dialect === "sqlite" ? "json_each(?)" : "json_array_elements(?::json) as point(value)";
  return `insert into measurement (run_id, attempt, name, step, n, at, value)
    select value->>0, cast(value->>1 as integer), value->>2, cast(value->>3 as bigint), cast(value->>4 as bigint), cast(value->>5 as bigint), value->>6
    from ${rows} where true on conflict do nothing`;
}

function toLease(row: RawLease): LeaseRow {
  return { ...row, expiresAt: Number(row.expiresAt) };
}

function toToken(row: RawToken): TokenRow {
  const time = (value: BigIntColumn | null) => (value === null ? null : Number(value));
  return { ...row, expiresAt: time(row.expiresAt), revokedAt: time(row.revokedAt) };
}
