/** An endpoint outside that is told of ledger entries, and how far that has come. */
export interface WebhookRow {
  readonly id: string;
  /** "*" is every namespace. */
  readonly namespace: string;
  readonly url: string;
  /** Entry types as a JSON array; null is every type. */
  readonly types: string | null;
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
