import type { Attributes, NodeState } from "../../core/graph-change.ts";
import type { LedgerEntry } from "../../ports/ledger-store.ts";
import type { NodeHistoryReader } from "../../ports/node-history.ts";
import { type BigIntColumn, type LedgerRow, NODE_COLUMNS, type NodeRow, toEntry, toNode } from "./rows.ts";
import { isOneOf, type Sql } from "./sql.ts";

const SEQS_MAX = 500;

interface PastRow {
  readonly from_seq: BigIntColumn;
  readonly attributes: string;
}

export class SqlNodeHistory implements NodeHistoryReader {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async asKnownAt(id: string, seq: number): Promise<NodeState | null> {
    return (await this.history(id, seq + 1, 1))[0] ?? null;
  }

  async history(id: string, beforeSeq: number | null, limit: number): Promise<readonly NodeState[]> {
    const [row] = await this.#sql.all<NodeRow>(`select ${NODE_COLUMNS} from node where id = ?`, [id]);
    if (row === undefined) return [];
    const now = toNode(row);
    const newest = now.changedSeq < (beforeSeq ?? Infinity) ? [now] : [];
    // The state that was read here may be past by now: it must not come twice.
    const past = await this.#past(now, Math.min(now.changedSeq, beforeSeq ?? Infinity), limit - newest.length);
    return [...newest, ...past];
  }

  async entries(seqs: readonly number[]): Promise<readonly LedgerEntry[]> {
    const found: LedgerEntry[] = [];
    for (let at = 0; at < seqs.length; at += SEQS_MAX) {
      const part = seqs.slice(at, at + SEQS_MAX).map(String);
      const [condition, parameters] = isOneOf(this.#sql, "seq", part, "int");
      const text = `select seq, recorded_at, type, bytes, leaf_hash from ledger where ${condition}`;
      found.push(...(await this.#sql.all<LedgerRow>(text, parameters)).map(toEntry));
    }
    return found;
  }

  /** Of a node only its attributes change, so the rest is that of any of its states. */
  async #past(now: NodeState, beforeSeq: number, limit: number): Promise<readonly NodeState[]> {
    if (limit === 0) return [];
    const text =
      "select from_seq, attributes from node_history where id = ? and from_seq < ? order by from_seq desc limit ?";
    const rows = await this.#sql.all<PastRow>(text, [now.id, beforeSeq, limit]);
    return rows.map((row) => ({
      ...now,
      attributes: JSON.parse(row.attributes) as Attributes,
      changedSeq: Number(row.from_seq),
    }));
  }
}
