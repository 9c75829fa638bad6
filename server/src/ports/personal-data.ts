import type { PersonalRow } from "./ledger-store.ts";

/** Where a row stands among all. */
export type PersonalPlace = Pick<PersonalRow, "seq" | "digest">;

/** The side table of personal values. Rows come and go with facts, in the ledger's transaction; nodes' values are read by `NodeReader`. */
export interface PersonalData {
  /** Everything personal that is kept of an agent, in the order of its entries. */
  of(subject: string): Promise<readonly PersonalRow[]>;
  /** Every row in the order of entries, and of digests within an entry, from after a place on; null for the first page. */
  rows(after: PersonalPlace | null, limit: number): Promise<readonly PersonalRow[]>;
  /**
   * Takes the bytes of what was erased out of the database's files, as far as the database can. Answers false when an export still reads
   * the state from before: then it must be tried again.
   */
  scrub(): Promise<boolean>;
}
