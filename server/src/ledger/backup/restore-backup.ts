import type { Readable } from "node:stream";
import { CompactRange, NoteRejected, type NoteVerifier, parseVerifierKey, verifyCheckpoint } from "@clew/schema";
import type { FactCatalogue } from "../../core/define-fact.ts";
import type { Document } from "../../core/document.ts";
import { type ArtifactStore, DigestMismatch } from "../../ports/artifact-store.ts";
import {
  type CopiedRows,
  type CopiedTable,
  type LedgerCopies,
  type LedgerFilling,
  LedgerNotEmpty,
} from "../../ports/ledger-copies.ts";
import type { LedgerEntry } from "../../ports/ledger-store.ts";
import { originOf } from "../checkpointer.ts";
import { NodeChanges } from "../node-changes.ts";
import { TagBeliefs } from "../tag-beliefs.ts";
import { EntryCheck, statedIn } from "../verify-ledger.ts";
import { BackupReader, type Member } from "./backup-reader.ts";
import { BackupManifest, FORMAT, ROWS } from "./format.ts";
import { missingArtifact } from "./missing-artifacts.ts";
import { ReferredDocuments } from "./referred-documents.ts";
import { damaged, RestoreRefused } from "./refused.ts";

export interface RestoreTarget {
  readonly copies: LedgerCopies;
  /** Empty; what was written to it is thrown away by the caller when the restore fails. */
  readonly artifacts: ArtifactStore;
  readonly facts: FactCatalogue;
  /** By which the backup's signatures are verified; null takes the key that the backup itself names. */
  readonly verifierKey: string | null;
  /** Called when everything was found right, before the ledger shows. */
  readonly beforeCommit: () => Promise<void>;
}

export interface Restored {
  readonly ledgerId: string;
  /** When the backup was made. */
  readonly createdAt: string;
  readonly entries: number;
  readonly artifacts: number;
  readonly artifactBytes: number;
  /** The signed note over the entries. */
  readonly checkpoint: string;
}

/**
 * Restores a backup into an empty ledger: all of it, or nothing. Each entry's leaf hash, the root, each artifact's digest, every other
 * member and that none is missing are verified on the way.
 * @throws {RestoreRefused}
 */
export async function restoreBackup(archive: Readable, target: RestoreTarget): Promise<Restored> {
  const reader = new BackupReader(archive);
  try {
    const manifest = parseManifest(await reader.manifest());
    const verifier = parseVerifierKey(target.verifierKey ?? manifest.verifierKey);
    const work = new Restore(manifest, verifier, target, reader);
    await target.copies.fill(manifest.ledgerId, (filling) => work.fill(filling));
    return work.restored;
  } catch (error) {
    if (error instanceof LedgerNotEmpty) throw new RestoreRefused("LEDGER_NOT_EMPTY", error.message, error);
    throw reader.explain(error);
  } finally {
    reader.close();
  }
}

function parseManifest(bytes: Buffer): BackupManifest {
  const json = parsedJson(bytes.toString("utf8"));
  const format = (json as { format?: unknown } | null)?.format;
  if (typeof format === "string" && format !== FORMAT) {
    throw new RestoreRefused("BACKUP_UNSUPPORTED", `the backup has the format ${format}; this server reads ${FORMAT}`);
  }
  const manifest = BackupManifest.safeParse(json);
  if (!manifest.success) throw damaged("its manifest has another form", manifest.error);
  return manifest.data;
}

class Restore {
  readonly #manifest: BackupManifest;
  readonly #verifier: NoteVerifier;
  readonly #target: RestoreTarget;
  readonly #reader: BackupReader;
  readonly #range = new CompactRange();
  readonly #check: EntryCheck;
  readonly #documents: ReferredDocuments;
  #artifacts = 0;
  #artifactBytes = 0;
  #hasEnded = false;

  constructor(manifest: BackupManifest, verifier: NoteVerifier, target: RestoreTarget, reader: BackupReader) {
    this.#manifest = manifest;
    this.#verifier = verifier;
    this.#target = target;
    this.#reader = reader;
    const signed = verified(() => verifyCheckpoint(manifest.checkpoint, originOf(manifest.ledgerId), [verifier]));
    const isSame = signed.size === manifest.seq && Buffer.from(signed.root).toString("hex") === manifest.root;
    if (!isSame) throw damaged("its manifest does not say what its checkpoint says");
    this.#check = new EntryCheck(this.#range, signed);
    this.#documents = new ReferredDocuments(target.facts);
  }

  get restored(): Restored {
    const { ledgerId, createdAt, seq, checkpoint } = this.#manifest;
    const artifactsTaken = { artifacts: this.#artifacts, artifactBytes: this.#artifactBytes };
    return { ledgerId, createdAt, entries: seq, checkpoint, ...artifactsTaken };
  }

  async fill(filling: LedgerFilling): Promise<void> {
    for await (const member of this.#reader.members()) {
      if (this.#hasEnded) throw damaged(`${member.name} stands behind its end`);
      await this.#take(member, filling);
    }
    if (!this.#hasEnded) throw damaged("its end is missing");
    const missing = await missingArtifact(filling, this.#target.artifacts);
    if (missing) throw damaged(`the artifact ${missing.digest} is missing (${missing.path} of ${missing.versionId})`);
    const fault = this.#documents.fault();
    if (fault !== null) throw damaged(fault);
    await this.#target.beforeCommit();
  }

  async #take(member: Member, filling: LedgerFilling): Promise<void> {
    switch (member.kind) {
      case "entries":
        return this.#takeEntries(member, filling);
      case "table":
        return this.#takeRows(member, filling);
      case "artifact":
        return this.#takeArtifact(member);
      case "end":
        return this.#takeEnd(member.bytes);
    }
  }

  async #takeEntries({ name, bytes }: { name: string; bytes: Buffer }, filling: LedgerFilling): Promise<void> {
    const entries = entriesIn(bytes, this.#range.size, name);
    for (const entry of entries) {
      const fault =
        entry.seq > this.#manifest.seq ? "the backup's checkpoint does not cover it" : this.#check.next(entry);
      if (fault !== null) throw damaged(`entry ${entry.seq} (${name}): ${fault}`);
    }
    for (const entry of entries) this.#documents.refer(entry);
    await writeEntries(entries, this.#target.facts, filling);
  }

  /** Tables stand behind all entries. */
  async #takeRows({ table, name, bytes }: Extract<Member, { kind: "table" }>, filling: LedgerFilling): Promise<void> {
    const rows = rowsIn(table, bytes, name);
    for (const document of table === "document" ? (rows as Document[]) : []) {
      const fault = this.#documents.take(document);
      if (fault !== null) throw damaged(`${name}: ${fault}`);
    }
    await filling.add(table, rows);
  }

  async #takeArtifact({ digest, stream }: Extract<Member, { kind: "artifact" }>): Promise<void> {
    try {
      const { sizeBytes } = await this.#target.artifacts.write(stream, digest);
      this.#artifacts += 1;
      this.#artifactBytes += sizeBytes;
    } catch (error) {
      if (error instanceof DigestMismatch) throw damaged(`artifact ${digest}: ${error.message}`, error);
      throw error;
    }
  }

  #takeEnd(note: Buffer): void {
    const { ledgerId, seq } = this.#manifest;
    const { sums } = this.#reader;
    if (this.#range.size !== seq) throw damaged(`it has ${this.#range.size} of its ${seq} entries`);
    const isWhole = sums.open === 0 && verified(() => sums.isSignedBy(note.toString("utf8"), ledgerId, this.#verifier));
    if (!isWhole) throw damaged("its members are not those that were signed");
    this.#hasEnded = true;
  }
}

/** What a signed note says, or why the backup is refused. */
function verified<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof NoteRejected)) throw error;
    if (error.reason !== "UNKNOWN_KEYS") throw damaged(error.message, error);
    throw new RestoreRefused("CHECKPOINT_KEY_UNKNOWN", "the backup was not signed with this checkpoint key", error);
  }
}

const NEWLINE = 0x0a;
const HASH_LENGTH = 64;

/** Entries as lines: the leaf hash in hex, a space, the bytes. */
function entriesIn(bytes: Buffer, after: number, name: string): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < at + HASH_LENGTH + 1) throw damaged(`${name} holds a line that is no entry`);
    const leafHash = bytes.toString("latin1", at, at + HASH_LENGTH);
    const own = bytes.subarray(at + HASH_LENGTH + 1, end);
    const { at: recordedAt = -1, type = "" } = statedIn(own);
    entries.push({ seq: after + entries.length + 1, recordedAt, type, bytes: own, leafHash });
    at = end + 1;
  }
  return entries;
}

async function writeEntries(entries: readonly LedgerEntry[], facts: FactCatalogue, filling: LedgerFilling) {
  const projected = entries.map((entry) => changesOf(entry, facts));
  const nodeIds = new Set(
    projected.flatMap(({ changes }) => changes.flatMap((one) => (one.op === "node" ? [one.id] : []))),
  );
  const said = projected.flatMap(({ words }) => words.map((word) => ({ ...word, from: word.validFrom })));
  const reads = { nodeIds: [...nodeIds].toSorted(), idempotencyKeys: [], tags: said };
  await filling.ledger.transact(
    () => reads,
    (state) => {
      const nodes = new NodeChanges(state.nodes);
      const tags = new TagBeliefs(state.tags);
      for (const { seq, changes, words } of projected) {
        nodes.apply(changes, seq);
        for (const word of words) tags.say(word, seq);
      }
      return {
        entries,
        ...nodes.writes(),
        idempotency: [],
        tags: tags.written,
        side: [],
        personal: [],
        documents: [],
        erased: [],
      };
    },
  );
}

function changesOf(entry: LedgerEntry, facts: FactCatalogue) {
  try {
    return facts.project(entry);
  } catch (error) {
    throw new RestoreRefused("BACKUP_UNSUPPORTED", `this server cannot read it: ${(error as Error).message}`, error);
  }
}

function rowsIn<Table extends CopiedTable>(table: Table, bytes: Buffer, name: string): CopiedRows[Table][] {
  const lines = bytes.toString("utf8").split("\n").slice(0, -1);
  return lines.map((line, n) => {
    const row = ROWS[table].safeParse(parsedJson(line));
    if (!row.success) throw damaged(`line ${n + 1} of ${name} is no row of ${table}`, row.error);
    return row.data;
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
