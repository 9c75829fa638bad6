import { hash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CompactRange, type NoteSigner } from "@clew/schema";
import { type Pack, pack } from "tar-stream";
import type { FactCatalogue } from "../../core/define-fact.ts";
import type { Document } from "../../core/document.ts";
import type { ArtifactInfo, ArtifactStore } from "../../ports/artifact-store.ts";
import type { LedgerSnapshot } from "../../ports/ledger-copies.ts";
import type { LedgerEntry } from "../../ports/ledger-store.ts";
import type { SignedHead } from "../checkpointer.ts";
import { EntryCheck } from "../verify-ledger.ts";
import {
  artifactName,
  type BackupManifest,
  END,
  ENTRIES_A_MEMBER,
  entriesName,
  FORMAT,
  MANIFEST,
  TABLES,
  tableName,
} from "./format.ts";
import { ReferredDocuments } from "./referred-documents.ts";
import { Sums } from "./sums.ts";

export interface BackupSource {
  readonly ledgerId: string;
  /** Closed when the tables are written, and in any case. */
  readonly snapshot: LedgerSnapshot;
  readonly artifacts: ArtifactStore;
  /** Over every entry of the snapshot. */
  readonly head: SignedHead;
  readonly signer: NoteSigner;
  readonly facts: FactCatalogue;
}

/**
 * A backup as a tar stream, made as fast as it is read. Entries and documents are verified on the way: the stream fails rather than
 * carry a ledger that is not what was signed. Who destroys the stream ends the work.
 */
export function writeBackup(source: BackupSource): Readable {
  const tar = pack();
  void run(source, tar);
  return Readable.from(tar, { objectMode: false });
}

/** Never rejects: what goes wrong is the stream's error. */
async function run(source: BackupSource, tar: Pack): Promise<void> {
  try {
    await writeAll(source, new BackupTar(tar));
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    await source.snapshot.close().catch(() => {});
  }
}

async function writeAll(source: BackupSource, tar: BackupTar): Promise<void> {
  await tar.add(MANIFEST, `${JSON.stringify(manifestOf(source), null, 2)}\n`);
  const documents = new ReferredDocuments(source.facts);
  await addEntries(source, tar, documents);
  for (const table of TABLES) {
    let n = 0;
    for await (const rows of source.snapshot.rows(table)) {
      const faults = table === "document" ? (rows as readonly Document[]).map((row) => documents.take(row)) : [];
      refuseFault(faults.find((fault) => fault !== null) ?? null);
      await tar.add(tableName(table, ++n), jsonLines(rows));
    }
  }
  refuseFault(documents.fault());
  await source.snapshot.close();
  for await (const info of source.artifacts.list()) await tar.addArtifact(source.artifacts, info);
  await tar.end(source);
}

function refuseFault(fault: string | null): void {
  if (fault !== null) throw new Error(fault);
}

function manifestOf({ ledgerId, head, signer }: BackupSource): BackupManifest {
  return {
    format: FORMAT,
    createdAt: new Date().toISOString(),
    ledgerId,
    seq: head.size,
    root: Buffer.from(head.root).toString("hex"),
    checkpoint: head.note,
    verifierKey: signer.verifierKey,
  };
}

async function addEntries(
  { snapshot, head }: BackupSource,
  tar: BackupTar,
  documents: ReferredDocuments,
): Promise<void> {
  const check = new EntryCheck(new CompactRange(), head);
  for (let after = 0; after < head.size; after += ENTRIES_A_MEMBER) {
    const entries = await snapshot.ledger.entries(after, Math.min(ENTRIES_A_MEMBER, head.size - after));
    if (entries.length === 0) throw new Error(`the ledger has no entry ${after + 1}`);
    for (const entry of entries) {
      const fault = check.next(entry);
      if (fault !== null) throw new Error(`entry ${entry.seq} is not what was signed: ${fault}`);
      documents.refer(entry);
    }
    await tar.add(entriesName(after + 1), Buffer.concat(entries.flatMap(entryLine)));
  }
}

function entryLine({ leafHash, bytes }: LedgerEntry): Uint8Array[] {
  return [Buffer.from(`${leafHash} `), bytes, Buffer.from("\n")];
}

function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Members one after the other, each taken by the reader before the next is made, with the sums that cover them. */
class BackupTar {
  readonly #tar: Pack;
  readonly #sums = new Sums();

  constructor(tar: Pack) {
    this.#tar = tar;
  }

  async add(name: string, content: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(content as Uint8Array);
    await this.#write(name, bytes);
    this.#sums.add(name, hash("sha256", bytes, "hex"));
    await this.#addDueSums();
  }

  async addArtifact(artifacts: ArtifactStore, { digest, sizeBytes }: ArtifactInfo): Promise<void> {
    const name = artifactName(digest);
    await pipeline(await artifacts.read(digest), this.#tar.entry({ name, size: sizeBytes }));
    this.#sums.add(name, digest.slice("sha256:".length));
    await this.#addDueSums();
  }

  async end({ ledgerId, signer }: BackupSource): Promise<void> {
    await this.#addSums();
    await this.#write(END, Buffer.from(this.#sums.sign(ledgerId, signer)));
  }

  async #addDueSums(): Promise<void> {
    if (this.#sums.isPartDue) await this.#addSums();
  }

  async #addSums(): Promise<void> {
    const { name, text } = this.#sums.part();
    await this.#write(name, Buffer.from(text));
  }

  #write(name: string, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tar.entry({ name }, bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}
