import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
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

const CHECKPOINT_KEY = "checkpoint.key";
type NoteKey = Pick<Secrets, "signerKey" | "verifierKey">;

export function readSecrets(dataDir: string): Secrets {
  const key = (name: string) => Buffer.from(readOrMake(join(dataDir, name), newKey), "hex");
  const note = readOrMake(join(dataDir, CHECKPOINT_KEY), () => JSON.stringify(generateNoteKey("clew")));
  return {
    attemptTokens: new AttemptTokens(key("attempt-token.key")),
    webhooks: new WebhookSecrets(key("webhook.key")),
    ...(JSON.parse(note) as NoteKey),
  };
}

function newKey(): string {
  return randomBytes(32).toString("hex");
}

/** By what the checkpoints are verified that are signed in this folder; null where there is no key yet. */
export function readVerifierKey(dataDir: string): string | null {
  const file = join(dataDir, CHECKPOINT_KEY);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as NoteKey).verifierKey : null;
}

function readOrMake(file: string, make: () => string): string {
  try {
    writeFileSync(file, make(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8");
}
