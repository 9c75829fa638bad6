import { AlertSeverity, Sha256, WebhookFormat } from "@clew/schema";
import { z } from "zod";
import type { CopiedRows, CopiedTable } from "../../ports/ledger-copies.ts";

/**
 * A backup is an uncompressed tar of these members, in this order (docs/operations.md tells an operator of them):
 *
 * - `clew-backup.json`: {@link BackupManifest}
 * - `entries/<number of the first>.txt`: at most 256 entries, a line each: leaf hash in hex, a space, the entry's bytes verbatim
 *   (canonical JSON holds no line break)
 * - `tables/<table>/<n>.jsonl`: rows that the entries do not tell, a JSON text a line
 * - `artifacts/<SHA-256 in hex>`: every file of the artifact store
 * - `sums/<n>.sha256`, after every 1,000 other members and at the end: their SHA-256 as sha256sum writes it
 * - `end`: a signed note over all sums
 */
export const FORMAT = "clew/backup/1";

export const MANIFEST = "clew-backup.json";
export const END = "end";
/** As wide as a tile of the Merkle tree: at most 16 MiB of entries. */
export const ENTRIES_A_MEMBER = 256;
/** Members that are held in memory while they are read; artifacts are not. */
export const MEMBER_MAX_BYTES = 64 * 1024 * 1024;

export const BackupManifest = z.object({
  format: z.literal(FORMAT),
  createdAt: z.iso.datetime(),
  ledgerId: z.uuid(),
  /** Entries in the backup: all from the first to this one. */
  seq: z.number().int().positive(),
  /** Merkle root over them, hex. */
  root: z.string(),
  /** The signed note over size and root, and the text by which its signature is verified. */
  checkpoint: z.string(),
  verifierKey: z.string(),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

const seq = z.number().int().nonnegative();
const time = z.number().int();
const text = z.string();

/** A row of each copied table, as its line holds it. */
export const ROWS: { readonly [Table in CopiedTable]: z.ZodType<CopiedRows[Table]> } = {
  idempotency: z.strictObject({
    principal: text,
    mutation: text,
    key: text,
    inputDigest: text,
    seq,
    answer: text,
  }),
  file: z.strictObject({ versionId: text, path: text, digest: Sha256, sizeBytes: seq }),
  webhook: z.strictObject({
    id: text,
    namespace: text,
    url: text,
    types: text.nullable(),
    // Archives of before there were formats.
    format: WebhookFormat.default("JSON"),
    address: text.nullable().default(null),
    severity: AlertSeverity.nullable().default(null),
    about: text.nullable().default(null),
    secretHash: text,
    createdBy: text,
    createdAt: time,
    position: seq,
    failures: seq,
    // The courier has written fractions of milliseconds here, which SQLite kept.
    nextAttemptAt: z.number().transform(Math.round),
    lastError: text.nullable(),
    deliveredAt: time.nullable(),
    disabledReason: text.nullable(),
    endedAt: time.nullable(),
  }),
  token: z.strictObject({
    id: text,
    hash: text,
    name: text,
    agentId: text,
    grants: text,
    expiresAt: time.nullable(),
    revokedAt: time.nullable(),
  }),
  lease: z.strictObject({ runId: text, attempt: seq, runnerId: text, tokenHash: text, expiresAt: time }),
  measurement: z.strictObject({
    runId: text,
    attempt: seq,
    name: text,
    step: z.number().int(),
    n: z.number().int(),
    at: time,
    value: text,
  }),
  log_line: z.strictObject({ runId: text, attempt: seq, n: seq, at: time, level: text, text }),
  // Archives of before runs kept something.
  position: z.strictObject({ follower: text, seq, kept: text.nullable().default(null) }),
  personal: z.strictObject({ digest: Sha256, salt: text, value: text, subject: text, path: text, seq }),
  document: z.strictObject({ digest: Sha256, text }),
};
export const TABLES = Object.keys(ROWS) as readonly CopiedTable[];

export const entriesName = (first: number) => `entries/${String(first).padStart(12, "0")}.txt`;
export const tableName = (table: CopiedTable, n: number) => `tables/${table}/${String(n).padStart(6, "0")}.jsonl`;
export const artifactName = (digest: Sha256) => `artifacts/${digest.slice("sha256:".length)}`;

/** What a member is by its name; null for one that no backup has. */
export function memberKind(
  name: string,
):
  | { readonly kind: "entries" }
  | { readonly kind: "sums" }
  | { readonly kind: "end" }
  | { readonly kind: "table"; readonly table: CopiedTable }
  | { readonly kind: "artifact"; readonly digest: Sha256 }
  | null {
  if (name === END) return { kind: "end" };
  if (/^entries\/\d{12}\.txt$/.test(name)) return { kind: "entries" };
  if (/^sums\/\d{6}\.sha256$/.test(name)) return { kind: "sums" };
  const table = /^tables\/([a-z_]+)\/\d{6}\.jsonl$/.exec(name)?.[1];
  if (table !== undefined && Object.hasOwn(ROWS, table)) return { kind: "table", table: table as CopiedTable };
  const hex = /^artifacts\/([0-9a-f]{64})$/.exec(name)?.[1];
  return hex === undefined ? null : { kind: "artifact", digest: `sha256:${hex}` };
}
