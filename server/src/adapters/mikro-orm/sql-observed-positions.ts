import type { ObservedPosition, ObservedPositions } from "../../ports/observed-positions.ts";
import type { BigIntColumn } from "./rows.ts";
import type { Sql } from "./sql.ts";

/** In the table of the followers' positions: a run that watches is one more, of another stream than the ledger. */
export class SqlObservedPositions implements ObservedPositions {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async find(runId: string, stream: string): Promise<ObservedPosition> {
    const text = "select seq, kept from position where follower = ?";
    const [row] = await this.#sql.all<{ seq: BigIntColumn; kept: string | null }>(text, [nameOf(runId, stream)]);
    return { seq: Number(row?.seq ?? 0), kept: row?.kept ?? null };
  }

  async settle(runId: string, stream: string, { seq, kept }: ObservedPosition): Promise<void> {
    const text = `insert into position (follower, seq, kept) values (?, ?, ?)
      on conflict (follower) do update set seq = excluded.seq, kept = excluded.kept where position.seq < excluded.seq`;
    await this.#sql.run(text, [nameOf(runId, stream), seq, kept]);
  }
}

function nameOf(runId: string, stream: string): string {
  return `${runId} ${stream}`;
}
