import type { ObservedPositions } from "../../ports/observed-positions.ts";
import type { BigIntColumn } from "./rows.ts";
import type { Sql } from "./sql.ts";

/** In the table of the followers' positions: a run that watches is one more, of another stream than the ledger. */
export class SqlObservedPositions implements ObservedPositions {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async find(runId: string, stream: string): Promise<number> {
    const text = "select seq from position where follower = ?";
    const [row] = await this.#sql.all<{ seq: BigIntColumn }>(text, [nameOf(runId, stream)]);
    return Number(row?.seq ?? 0);
  }

  async settle(runId: string, stream: string, seq: number): Promise<void> {
    const text = `insert into position (follower, seq) values (?, ?)
      on conflict (follower) do update set seq = excluded.seq where position.seq < excluded.seq`;
    await this.#sql.run(text, [nameOf(runId, stream), seq]);
  }
}

function nameOf(runId: string, stream: string): string {
  return `${runId} ${stream}`;
}
