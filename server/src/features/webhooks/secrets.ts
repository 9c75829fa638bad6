import { createHash, createHmac } from "node:crypto";

/** Of Standard Webhooks: so that scanners find one that leaked, and libraries know what it is. */
const PREFIX = "whsec_";

/**
 * The secrets that deliveries are signed with: made from the server's own key and the webhook's id, so that none needs to be stored.
 * Servers of one database share the key's file.
 */
export class WebhookSecrets {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** `whsec_` and 32 bytes in base64. */
  of(webhookId: string): string {
    return PREFIX + createHmac("sha256", this.#key).update(`webhook ${webhookId}`).digest("base64");
  }
}

/** What is stored of a secret: enough to notice that the server's key is not the one that made it. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Header webhook-signature as Standard Webhooks 1.0 has it: HMAC-SHA256 over `id.timestamp.body`, base64, behind "v1,". */
export function sign(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}
