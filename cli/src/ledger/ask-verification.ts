import { setTimeout as sleep } from "node:timers/promises";
import { LedgerVerificationDocument, VerifyLedgerDocument, type VerifyLedgerQuery } from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";

export type Verification = VerifyLedgerQuery["verifyLedger"];

const POLL_MS = 500;
/** Node's fetch gives up after 300 s without an answer. */
const ASK_MS = 280_000;

/**
 * Has the server verify its ledger, however long that takes: who asks again while it verifies gets the same answer.
 * @param onProgress hears of how many entries the records were compared.
 */
export async function askVerification(
  client: ClewClient,
  records: boolean,
  onProgress: (entries: number, size: number) => void,
): Promise<Verification> {
  const ended = new AbortController();
  void poll(client, onProgress, ended.signal);
  try {
    for (;;) {
      const found = await asked(client, records);
      if (found !== null) return found;
    }
  } finally {
    ended.abort();
  }
}

/** Null when the answer took too long, and the server is at it still. */
async function asked(client: ClewClient, records: boolean): Promise<Verification | null> {
  try {
    return (await client.request(VerifyLedgerDocument, { records }, undefined, ASK_MS)).verifyLedger;
  } catch (error) {
    if (((error as Error).cause as Error | undefined)?.name !== "TimeoutError") throw error;
    const { isRunning } = (await client.request(LedgerVerificationDocument, {})).ledgerVerification;
    if (!isRunning) throw error;
    return null;
  }
}

async function poll(
  client: ClewClient,
  onProgress: (entries: number, size: number) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    // Progress is for the eyes: what goes wrong, the verification's own request tells.
    const answer = await client.request(LedgerVerificationDocument, {}, signal).catch(() => null);
    if (answer !== null && answer.ledgerVerification.size > 0)
      onProgress(answer.ledgerVerification.entries, answer.ledgerVerification.size);
  }
}
