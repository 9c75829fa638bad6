import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** How tokens begin, so that scanners find one that leaked. */
const TOKEN_PREFIX = "clew_";
const ATTEMPT_PREFIX = "clewrun_";

export function newToken(): string {
  return TOKEN_PREFIX + randomBytes(32).toString("base64url");
}

/** What is stored of a token. It has 256 random bits, so a plain hash is enough. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export interface AttemptClaim {
  readonly runId: string;
  readonly attempt: number;
  readonly runnerId: string;
}

/**
 * Tokens of attempts: made from the server's secret, so that nothing needs to be stored and the same claim answers the same token.
 * Whether the attempt still holds its run is asked of the lease, not of the token.
 */
export class AttemptTokens {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  make(claim: AttemptClaim): string {
    const body = Buffer.from(JSON.stringify([claim.runId, claim.attempt, claim.runnerId])).toString("base64url");
    return `${ATTEMPT_PREFIX}${body}.${this.#mac(body).toString("base64url")}`;
  }

  read(token: string): AttemptClaim | null {
    if (!token.startsWith(ATTEMPT_PREFIX)) return null;
    const [body = "", mac = ""] = token.slice(ATTEMPT_PREFIX.length).split(".");
    const given = Buffer.from(mac, "base64url");
    const right = this.#mac(body);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const [runId, attempt, runnerId] = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as [
      string,
      number,
      string,
    ];
    return { runId, attempt, runnerId };
  }

  #mac(body: string): Buffer {
    return createHmac("sha256", this.#secret).update(body).digest();
  }
}
