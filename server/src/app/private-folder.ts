import { chmodSync, mkdirSync, statSync } from "node:fs";

const PRIVATE = 0o700;
/** Group and others may list, or write. */
const OPEN = 0o066;

/**
 * Makes the data folder if it is missing, and closes it to the machine's other users: it holds keys, and what only some tokens may read.
 * One of mode 711, which others may pass through to a database inside, and one of another owner stay as they are.
 */
export function privateFolder(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const { mode, uid } = statSync(dir);
  if ((mode & OPEN) !== 0 && uid === process.getuid?.()) chmodSync(dir, PRIVATE);
}
