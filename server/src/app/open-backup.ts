import { parseSignerKey } from "@clew/schema";
import { can, type Principal } from "../graphql/principal.ts";
import { missingArtifact } from "../ledger/backup/missing-artifacts.ts";
import { writeBackup } from "../ledger/backup/write-backup.ts";
import type { LedgerSnapshot } from "../ports/ledger-copies.ts";
import type { BackupFault, OpenedBackup } from "../transports/http/backup.ts";
import type { Server } from "./compose.ts";

/** Begins a backup of everything up to the ledger's head, or says why there is none. */
export async function openBackup(server: Server, principal: Principal): Promise<OpenedBackup | BackupFault> {
  if (!can(principal, "ADMIN", "*")) return { code: "FORBIDDEN", message: "a backup is for administrators" };
  const snapshot = await server.stores.database.copies.snapshot();
  try {
    const opened = await open(server, snapshot);
    if ("code" in opened) await snapshot.close();
    return opened;
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

async function open(
  { stores: { artifacts }, ledger: { checkpointer, facts }, secrets }: Server,
  snapshot: LedgerSnapshot,
): Promise<OpenedBackup | BackupFault> {
  const { ledgerId, seq } = await snapshot.ledger.head();
  const head = await checkpointer.signAt(seq);
  if (head === null) return { code: "LEDGER_READ_ONLY", message: checkpointer.fork ?? "nothing is signed any more" };
  const missing = await missingArtifact(snapshot, artifacts);
  if (missing !== null) {
    const message = `the artifact store lacks ${missing.digest} (${missing.path} of ${missing.versionId}); upload it again first`;
    return { code: "FILE_MISSING", message };
  }
  const estimatedBytes = await snapshot.contentBytes();
  const signer = parseSignerKey(secrets.signerKey);
  return { stream: writeBackup({ ledgerId, snapshot, artifacts, head, signer, facts }), seq, estimatedBytes };
}
