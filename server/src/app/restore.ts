import { createReadStream, existsSync, mkdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { openFilesystemArtifacts } from "../adapters/filesystem/index.ts";
import type { Config } from "../config/config.ts";
import { FactCatalogue } from "../core/define-fact.ts";
import { RestoreRefused } from "../ledger/backup/refused.ts";
import { type Restored, restoreBackup } from "../ledger/backup/restore-backup.ts";
import { Checkpointer } from "../ledger/checkpointer.ts";
import { LedgerTail } from "../ledger/ledger-tail.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import { ARTIFACTS_FOLDER, CHECKPOINTS_FOLDER, openDatabase, SNAPSHOT_FILE } from "./open-stores.ts";
import { ALL_FACTS } from "./server-schema.ts";
import { readSecrets, readVerifierKey } from "./secrets.ts";
import { signingIn } from "./signing.ts";
import { Stops } from "./stops.ts";

export interface RestoreOptions {
  readonly file: string;
  /** The key that the backup was signed with, as noted earlier; null takes the one in the data folder. */
  readonly verifierKey: string | null;
  /** Without a key in the data folder: trust the one that the backup names, and sign with a new one from now on. */
  readonly newKey: boolean;
  /** Hears how many bytes of the file were read so far. */
  readonly onBytes?: (bytes: number) => void;
}

const PROGRESS_MS = 200;

/**
 * Restores a backup where nothing is yet, with no server running on it. On failure the folder and the database are as empty as before.
 * @throws {RestoreRefused}
 */
export async function restore(config: Config, options: RestoreOptions, log: Logger): Promise<Restored> {
  const { dataDir } = config;
  mkdirSync(dataDir, { recursive: true });
  await refuseUsed(dataDir);
  const ownKey = readVerifierKey(dataDir);
  const verifierKey = verifierFor(options, ownKey);
  const stops = new Stops(log);
  try {
    const database = await openDatabase(config, stops);
    const restored = await fill(dataDir, options, verifierKey, database.copies);
    const keptNote = ownKey !== null && ownKey === verifierKey ? restored.checkpoint : null;
    await signOn(dataDir, database.ledger, restored.entries, keptNote, log);
    return restored;
  } finally {
    await stops.stopAll();
  }
}

async function refuseUsed(dataDir: string): Promise<void> {
  const used = [join(CHECKPOINTS_FOLDER, "checkpoint"), SNAPSHOT_FILE].find((name) => existsSync(join(dataDir, name)));
  if (used !== undefined)
    throw new RestoreRefused("LEDGER_NOT_EMPTY", `${dataDir} was used by a server: it holds ${used}`);
  const dir = join(dataDir, ARTIFACTS_FOLDER);
  if (!existsSync(dir)) return;
  for await (const { digest } of (await openFilesystemArtifacts({ dir })).list()) {
    throw new RestoreRefused("LEDGER_NOT_EMPTY", `${dir} holds files already, such as ${digest}`);
  }
}

function verifierFor({ verifierKey, newKey }: RestoreOptions, ownKey: string | null): string | null {
  const known = verifierKey ?? ownKey;
  if (known !== null || newKey) return known;
  const message = "the data folder has no checkpoint.key, so nothing tells whose signature the backup must have";
  throw new RestoreRefused("CHECKPOINT_KEY_UNKNOWN", message);
}

type Copies = Parameters<typeof restoreBackup>[1]["copies"];

/** Files go to a folder beside their place, and are moved there when everything was found right. */
async function fill(
  dataDir: string,
  { file, onBytes }: RestoreOptions,
  verifierKey: string | null,
  copies: Copies,
): Promise<Restored> {
  const place = join(dataDir, ARTIFACTS_FOLDER);
  const beside = `${place}.restoring`;
  const archive = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const timer = setInterval(() => onBytes?.(archive.bytesRead), PROGRESS_MS);
  await rm(beside, { recursive: true, force: true });
  const moves = new Set([beside]);
  try {
    const artifacts = await openFilesystemArtifacts({ dir: beside });
    const beforeCommit = async () => {
      await rm(place, { recursive: true, force: true });
      await rename(beside, place);
      moves.add(place);
    };
    return await restoreBackup(archive, {
      copies,
      artifacts,
      facts: new FactCatalogue(ALL_FACTS),
      verifierKey,
      beforeCommit,
    });
  } catch (error) {
    for (const folder of moves) await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Makes the tiles, compares the database with the note that the backup brought, and signs its head with what signs from now on. */
async function signOn(
  dataDir: string,
  store: LedgerStore,
  size: number,
  note: string | null,
  log: Logger,
): Promise<void> {
  const signing = signingIn(dataDir, readSecrets(dataDir));
  if (note !== null) await signing.files.writeCheckpoint(note, size, true);
  const tail = new LedgerTail(store, new FactCatalogue(ALL_FACTS));
  const checkpointer = new Checkpointer({ store, tail, ...signing, log, onFork: () => {} });
  await checkpointer.open();
  await checkpointer.checkpoint();
  if (checkpointer.fork !== null) throw new Error(checkpointer.fork);
}
