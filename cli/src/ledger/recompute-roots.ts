import { type CompactState, canonicalJson, CompactRange } from "@clew/schema";
import { LedgerEntriesDocument, type LedgerEntriesQuery } from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";

const PAGE = 500;

type Entry = LedgerEntriesQuery["ledgerEntries"]["entries"][number];

/**
 * Reads every entry up to `size` and computes the Merkle root here, from what the entries say: entries are canonical JSON (RFC 8785), so
 * their bytes follow from their values.
 * @param earlier a smaller size whose root is wanted as well.
 * @returns the roots over the first `earlier` and over all `size` entries.
 * @throws {CliError} when an entry is missing.
 */
export async function recomputeRoots(
  client: ClewClient,
  size: number,
  earlier: number,
  onEntries: (entries: number) => void,
): Promise<{ readonly earlier: Uint8Array; readonly whole: Uint8Array }> {
  const range = new CompactRange();
  let noted: CompactState = range.state;
  while (range.size < size) {
    const first = Math.min(PAGE, size - range.size);
    const { ledgerEntries } = await client.request(LedgerEntriesDocument, { first, after: range.size });
    if (ledgerEntries.entries.length === 0) throw new CliError(`the ledger gives no entry ${range.size + 1}`);
    for (const entry of ledgerEntries.entries) {
      if (entry.seq !== range.size + 1) throw new CliError(`the ledger gives no entry ${range.size + 1}`);
      range.appendRecord(bytesOf(entry));
      if (range.size === earlier) noted = range.state;
    }
    onEntries(range.size);
  }
  return { earlier: new CompactRange(noted).root(), whole: range.root() };
}

function bytesOf({ type, version, recordedAt, by, payload }: Entry): Uint8Array {
  return Buffer.from(canonicalJson({ type, v: version, at: Date.parse(recordedAt), by, payload }));
}
