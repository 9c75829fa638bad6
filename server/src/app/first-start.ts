import { randomUUID } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "@clew/schema";
import {
  CreateToken,
  createToken,
  FIRST_ADMINISTRATOR,
  hashToken,
  newToken,
  recordSystemAgent,
} from "../features/access/index.ts";
import type { Recorder } from "../ledger/recorder.ts";
import type { Operations } from "../ports/operations.ts";

/** Where the first administrator's token lies, for the command line on the same machine. */
export const ADMIN_TOKEN_FILE = "admin.token";

/** Records the agents that every ledger begins with: an administrator, and the server itself. */
export async function firstStart(recorder: Recorder, operations: Operations, dataDir: string): Promise<void> {
  await ensureAdmin(recorder, operations, dataDir);
  await recorder.record(recordSystemAgent());
}

/** At the first start makes a token that may do everything, and leaves it in a file for its own user (mode 600). */
async function ensureAdmin(recorder: Recorder, operations: Operations, dataDir: string): Promise<void> {
  if ((await operations.tokens()).length > 0) return;
  const secret = newToken();
  writeAdminToken(dataDir, secret);
  // One key for ever: of two servers that start at once on one database, one token is made.
  await recorder.record(createAdminToken(secret, "first start", "first-start"));
}

/**
 * Makes another administrator's token where the first is lost, and leaves it in the same file. The earlier ones go on working.
 * @throws where the ledger is read-only; the file is then as it was.
 */
export async function renewAdminToken(recorder: Recorder, dataDir: string): Promise<void> {
  const secret = newToken();
  await recorder.record(createAdminToken(secret, "made with the server stopped", `admin-token-${randomUUID()}`));
  writeAdminToken(dataDir, secret);
}

function createAdminToken(secret: string, name: string, idempotencyKey: string) {
  const input = CreateToken.parse({
    agent: "administrator",
    kind: "USER",
    name,
    grants: [{ namespace: "*", roles: ["ADMIN"] }],
    expiresInDays: null,
  });
  return {
    principal: FIRST_ADMINISTRATOR,
    mutation: "createToken",
    idempotencyKey,
    inputDigest: digestOf(input),
    ...createToken(input, hashToken(secret), FIRST_ADMINISTRATOR),
  };
}

function writeAdminToken(dataDir: string, secret: string): void {
  const file = join(dataDir, ADMIN_TOKEN_FILE);
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}
