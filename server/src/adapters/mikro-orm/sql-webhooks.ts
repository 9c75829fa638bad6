import type { WebhookProgress, WebhookRow, Webhooks } from "../../ports/webhooks.ts";
import type { BigIntColumn } from "./rows.ts";
import type { Sql } from "./sql.ts";

const COLUMNS = `id, namespace, url, format, address, types, severity, about, secret_hash as "secretHash", created_by as "createdBy", created_at as "createdAt", position,
  failures, next_attempt_at as "nextAttemptAt", last_error as "lastError", delivered_at as "deliveredAt",
  disabled_reason as "disabledReason", ended_at as "endedAt"`;

type RawWebhook = Omit<WebhookRow, "createdAt" | "position" | "nextAttemptAt" | "deliveredAt" | "endedAt"> &
  Record<"createdAt" | "position" | "nextAttemptAt", BigIntColumn> &
  Record<"deliveredAt" | "endedAt", BigIntColumn | null>;

export class SqlWebhooks implements Webhooks {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async all(): Promise<readonly WebhookRow[]> {
    const text = `select ${COLUMNS} from webhook where ended_at is null order by id`;
    return (await this.#sql.all<RawWebhook>(text)).map(toWebhook);
  }

  async find(id: string): Promise<WebhookRow | null> {
    const [row] = await this.#sql.all<RawWebhook>(`select ${COLUMNS} from webhook where id = ?`, [id]);
    return row ? toWebhook(row) : null;
  }

  async save(id: string, progress: WebhookProgress): Promise<boolean> {
    const { position, failures, nextAttemptAt, lastError, deliveredAt, disabledReason } = progress;
    const text = `update webhook set position = case when position < ? then ? else position end, failures = ?, next_attempt_at = ?,
      last_error = ?, delivered_at = ?, disabled_reason = ? where id = ? and ended_at is null`;
    const values = [position, position, failures, nextAttemptAt, lastError, deliveredAt, disabledReason, id];
    return (await this.#sql.run(text, values)) > 0;
  }
}

function toWebhook(row: RawWebhook): WebhookRow {
  const time = (value: BigIntColumn | null) => (value === null ? null : Number(value));
  return {
    ...row,
    createdAt: Number(row.createdAt),
    position: Number(row.position),
    nextAttemptAt: Number(row.nextAttemptAt),
    deliveredAt: time(row.deliveredAt),
    endedAt: time(row.endedAt),
  };
}
