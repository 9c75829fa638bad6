import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "@clew/schema";
import { agentId, CreateToken, createToken, hashToken, newToken, recordSystemAgent } from "../features/access/index.ts";
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
  const input = CreateToken.parse({
    agent: "administrator",
    kind: "USER",
    name: "first start",
    grants: [{ namespace: "*", roles: ["ADMIN"] }],
    expiresInDays: null,
  });
  const file = join(dataDir, ADMIN_TOKEN_FILE);
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  await recorder.record({
    principal: agentId("USER", "administrator"),
    mutation: "createToken",
    // One key for ever: of two servers that start at once on one database, one token is made.
    idempotencyKey: "first-start",
    inputDigest: digestOf(input),
    ...createToken(input, hashToken(secret)),
  });
}
