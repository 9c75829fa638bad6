import type { AlertSeverity, WebhookFormat } from "@clew/schema";

/** An endpoint outside that is told of ledger entries, and how far that has come. */
export interface WebhookRow {
  readonly id: string;
  /** "*" is every namespace. */
  readonly namespace: string;
  /** Where to, or what of it may be shown where `address` has it. */
  readonly url: string;
  readonly format: WebhookFormat;
  /** Where to, sealed: of formats whose address is a secret or names a person. */
  readonly address: string | null;
  /** Entry types as a JSON array; null is every type. */
  readonly types: string | null;
  /** Of alerts only those that are so severe at least; null is all. */
  readonly severity: AlertSeverity | null;
  /** Of alerts only those about this node, or a version or revision of it; null is all. */
  readonly about: string | null;
  /** SHA-256 of the signing secret, hex; the secret itself is kept nowhere. */
  readonly secretHash: string;
  readonly createdBy: string;
  readonly createdAt: number;
  /** The last entry that was delivered, or was none of its own. */
  readonly position: number;
  /** Failures in a row, of the next entry. */
  readonly failures: number;
  /** Not before this time is the next entry tried again (milliseconds since 1970). */
  readonly nextAttemptAt: number;
  readonly lastError: string | null;
  readonly deliveredAt: number | null;
  /** Why nothing more is tried; null while it is delivered to. */
  readonly disabledReason: string | null;
  /** When it was deleted. */
  readonly endedAt: number | null;
}

/** What delivering changes. No fact. */
export type WebhookProgress = Pick<
  WebhookRow,
  "position" | "failures" | "nextAttemptAt" | "lastError" | "deliveredAt" | "disabledReason"
>;

/** Where webhooks stand. They come and go with facts, as side rows of the ledger's transaction. */
export interface Webhooks {
  /** Those that were not deleted. */
  all(): Promise<readonly WebhookRow[]>;
  /** Deleted ones too. */
  find(id: string): Promise<WebhookRow | null>;
  /** Keeps how far one has come. A position never goes back. Answers false when it was deleted. */
  save(id: string, progress: WebhookProgress): Promise<boolean>;
}
