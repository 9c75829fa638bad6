import { createHash } from "node:crypto";
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { ServiceError } from "./service.ts";

/** The repository's root, seen from `src/services` and from `dist/services` alike. */
const ROOT = resolve(import.meta.dirname, "../../..");
const ABANDONED_AFTER_MS = 3_600_000;

/** What was installed from a registry lives here; deleting the folder is always safe. */
export function cacheFolder(): string {
  const chosen = process.env["CLEW_CACHE_DIR"];
  return chosen === undefined || chosen === "" ? join(ROOT, ".clew", "cache") : resolve(chosen);
}

/** The folder of that name in the cache, or null where it has not been installed yet. */
export function cached(name: string): string | null {
  const folder = join(cacheFolder(), name);
  return existsSync(folder) ? folder : null;
}

/**
 * Installs into a temporary folder and renames it when it is complete, so that nobody sees half an installation. Two
 * processes at once both work, and the slower one throws its copy away.
 */
export async function installOnce(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const present = cached(name);
  if (present !== null) return present;
  mkdirSync(cacheFolder(), { recursive: true });
  removeAbandoned();
  const temporary = mkdtempSync(join(cacheFolder(), `.installing-${name}-`));
  // PostgreSQL runs as another user when we are root, and must reach its programs.
  chmodSync(temporary, 0o755);
  try {
    await install(temporary);
    return publish(temporary, join(cacheFolder(), name));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function publish(temporary: string, folder: string): string {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** What killed installations left behind. */
function removeAbandoned(): void {
  for (const name of readdirSync(cacheFolder()).filter((each) => each.startsWith(".installing-"))) {
    const path = join(cacheFolder(), name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}

export async function digestOf(file: string, algorithm: "sha256" | "sha512"): Promise<Buffer> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest();
}

/** Throws unless the file is the very one that was reviewed. */
export async function verifySha256(file: string, expected: string): Promise<void> {
  const got = (await digestOf(file, "sha256")).toString("hex");
  if (got === expected) return;
  throw new ServiceError(
    `${file} has sha256 ${got}, but ${expected} is committed in cli/src/services. ` +
      "The registry or a mirror delivered something else: do not use it, and report it.",
  );
}
