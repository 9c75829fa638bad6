import type { Document } from "../core/document.ts";
import type {
  FileRow,
  IdempotencyRow,
  LeaseRow,
  LedgerStore,
  MeasurementRow,
  PersonalRow,
  TokenRow,
} from "./ledger-store.ts";
import type { LogLineRow } from "./run-logs.ts";
import type { WebhookRow } from "./webhooks.ts";

export interface PositionRow {
  readonly follower: string;
  readonly seq: number;
  /** Of a run that watches: what goes with its position. */
  readonly kept: string | null;
}

/** The tables beside the ledger that its entries do not tell: nodes, their history and tags are projected again, these are copied. */
export interface CopiedRows {
  readonly idempotency: IdempotencyRow;
  readonly file: FileRow;
  readonly token: TokenRow;
  readonly lease: LeaseRow;
  readonly measurement: MeasurementRow;
  readonly log_line: LogLineRow;
  readonly position: PositionRow;
  readonly webhook: WebhookRow;
  readonly personal: PersonalRow;
  readonly document: Document;
}
export type CopiedTable = keyof CopiedRows;

interface Rows {
  /** Every row of a table, in pages of at most 500 (of documents 3), in order of its key. */
  rows<Table extends CopiedTable>(table: Table): AsyncIterable<readonly CopiedRows[Table][]>;
}

/** All tables as they were at one moment, whatever is written meanwhile. Holds a connection until it is closed. */
export interface LedgerSnapshot extends Rows {
  readonly ledger: Pick<LedgerStore, "head" | "entries">;
  /** Bytes of all entries and documents and of all files that a version names. */
  contentBytes(): Promise<number>;
  /** Again does nothing. */
  close(): Promise<void>;
}

/** An empty ledger, which is filled in one transaction. */
export interface LedgerFilling extends Rows {
  readonly ledger: Pick<LedgerStore, "transact">;
  add<Table extends CopiedTable>(table: Table, rows: readonly CopiedRows[Table][]): Promise<void>;
}

/** A ledger whose nodes, history and tags were emptied, to be made again from its entries. */
export type LedgerRemake = Pick<LedgerStore, "head" | "entries" | "transact">;

/** Copies a ledger's tables out and in. */
export interface LedgerCopies {
  snapshot(): Promise<LedgerSnapshot>;
  /**
   * Gives an empty ledger this id and lets `fill` write it: all of it is there when this resolves, nothing when it rejects.
   * @throws {LedgerNotEmpty}
   */
  fill(ledgerId: string, fill: (filling: LedgerFilling) => Promise<void>): Promise<void>;
  /**
   * Empties nodes, their history and tags and lets `remake` write them, in one transaction that holds the ledger's end: all of it is there
   * when this resolves, what was there before when it rejects. On SQLite no other connection may write meanwhile.
   */
  remake(remake: (ledger: LedgerRemake) => Promise<void>): Promise<void>;
}

export class LedgerNotEmpty extends Error {
  override readonly message = "the ledger has entries already";
}
