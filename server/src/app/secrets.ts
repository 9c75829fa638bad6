import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateNoteKey } from "@clew/schema";
import { AttemptTokens } from "../features/access/index.ts";
import { WebhookSecrets } from "../features/webhooks/index.ts";

/** What this server signs with. Made at the first start, readable by its own user only. */
export interface Secrets {
  readonly attemptTokens: AttemptTokens;
  readonly webhooks: WebhookSecrets;
  /** A signed-note key (C2SP) for checkpoints, and the text by which others verify them. */
  readonly signerKey: string;
  readonly verifierKey: string;
}

export function readSecrets(dataDir: string): Secrets {
  const key = (name: string) =>
    Buffer.from(
      readOrMake(join(dataDir, name), () => randomBytes(32).toString("hex")),
      "hex",
    );
  const note = JSON.parse(
    readOrMake(join(dataDir, "checkpoint.key"), () => JSON.stringify(generateNoteKey("clew"))),
  ) as {
    signerKey: string;
    verifierKey: string;
  };
  const attemptTokens = new AttemptTokens(key("attempt-token.key"));
  return { attemptTokens, webhooks: new WebhookSecrets(key("webhook.key")), ...note };
}

function readOrMake(file: string, make: () => string): string {
  try {
    writeFileSync(file, make(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8");
}
