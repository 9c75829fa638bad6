import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateNoteKey } from "@clew/schema";
import { AttemptTokens } from "../features/access/index.ts";

/** What this server signs with. Made at the first start, readable by its own user only. */
export interface Secrets {
  readonly attemptTokens: AttemptTokens;
  /** A signed-note key (C2SP) for checkpoints, and the text by which others verify them. */
  readonly signerKey: string;
  readonly verifierKey: string;
}

export function readSecrets(dataDir: string): Secrets {
  const secret = readOrMake(join(dataDir, "attempt-token.key"), () => randomBytes(32).toString("hex"));
  const note = JSON.parse(
    readOrMake(join(dataDir, "checkpoint.key"), () => JSON.stringify(generateNoteKey("clew"))),
  ) as {
    signerKey: string;
    verifierKey: string;
  };
  return { attemptTokens: new AttemptTokens(Buffer.from(secret, "hex")), ...note };
}

function readOrMake(file: string, make: () => string): string {
  try {
    writeFileSync(file, make(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8");
}
