import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Of Standard Webhooks: so that scanners find one that leaked, and libraries know what it is. */
const PREFIX = "whsec_";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

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

  /** An address that is a secret itself, or names a person, as it may be stored: AES-256-GCM, for this webhook alone. */
  seal(webhookId: string, address: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#sealingKey(), nonce).setAAD(Buffer.from(webhookId));
    const sealed = Buffer.concat([cipher.update(address, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** @throws where another key, or for another webhook, has sealed it. */
  unseal(webhookId: string, sealed: string): string {
    const bytes = Buffer.from(sealed, "base64");
    const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
    const decipher = createDecipheriv("aes-256-gcm", this.#sealingKey(), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(webhookId)).setAuthTag(tag);
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  }

  #sealingKey(): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#key, "", "webhook addresses", KEY_BYTES));
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
