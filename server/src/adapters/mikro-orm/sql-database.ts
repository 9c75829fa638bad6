import type { LedgerCopies } from "../../ports/ledger-copies.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { NodeHistoryReader } from "../../ports/node-history.ts";
import type { NodeRanks } from "../../ports/node-ranks.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { ObservedPositions } from "../../ports/observed-positions.ts";
import type { Operations } from "../../ports/operations.ts";
import type { PersonalData } from "../../ports/personal-data.ts";
import type { Records } from "../../ports/records.ts";
import type { RunLogs } from "../../ports/run-logs.ts";
import type { Webhooks } from "../../ports/webhooks.ts";

/** What an opened SQL database offers, whichever it is. */
export interface SqlDatabase {
  readonly ledger: LedgerStore;
  readonly nodes: NodeReader;
  readonly history: NodeHistoryReader;
  readonly ranks: NodeRanks;
  readonly operations: Operations;
  readonly observed: ObservedPositions;
  readonly logs: RunLogs;
  readonly copies: LedgerCopies;
  readonly webhooks: Webhooks;
  readonly personalData: PersonalData;
  readonly records: Records;
  /** SQL that would bring the tables to the entities' shape: empty when the migrations are complete. */
  pendingSchemaChanges(): Promise<string>;
  close(): Promise<void>;
}
