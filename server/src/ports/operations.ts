import type { LeaseRow, MeasurementRow, TokenRow } from "./ledger-store.ts";

/** What changes without being a fact: leases that heartbeats renew, measurements, and look-ups of tokens. */
export interface Operations {
  leases(runIds: readonly string[]): Promise<readonly LeaseRow[]>;
  /** Gives these leases a new end, those whose attempt and runner still hold; answers how many. */
  renewLeases(
    runnerId: string,
    held: readonly { runId: string; attempt: number }[],
    expiresAt: number,
  ): Promise<number>;
  expiredLeases(now: number, limit: number): Promise<readonly LeaseRow[]>;
  /** After a server start, when heartbeats could not be heard: no lease ends before `expiresAt`. */
  extendAllLeases(expiresAt: number): Promise<void>;
  /** Stores points; the same (run, attempt, name, step, n) again changes nothing. */
  addMeasurements(rows: readonly MeasurementRow[]): Promise<void>;
  measurements(runId: string, name: string | null, after: number, limit: number): Promise<readonly MeasurementRow[]>;
  countMeasurements(runId: string, attempt: number): Promise<number>;
  tokenByHash(hash: string): Promise<TokenRow | null>;
  /** Whether an agent has a token that is neither revoked nor expired. */
  holdsToken(agentId: string, now: number): Promise<boolean>;
  /** All, or those that are or belong to one thing. */
  tokens(of?: { readonly id: string } | { readonly agentId: string }): Promise<readonly TokenRow[]>;
}
