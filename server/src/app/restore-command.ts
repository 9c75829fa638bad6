import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import type { RestoreMessage } from "@clew/schema";
import pino from "pino";
import type { Config } from "../config/config.ts";
import { RestoreRefused } from "../ledger/backup/refused.ts";
import { ArtifactStoreUnavailable } from "../ports/artifact-store.ts";
import { restore } from "./restore.ts";

const REFUSED_STATUS = 1;

/**
 * `main restore <file> [--key <verifier key>] [--new-key]`: restores a backup and ends. Progress and outcome go to standard output as
 * {@link RestoreMessage}s, the log to standard error. Answers the exit status.
 */
export async function restoreCommand(config: Config, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { key: { type: "string" }, "new-key": { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error("give one file: restore <file>");
  const log = pino({ level: config.logLevel, base: { service: "clew-restore" } }, pino.destination(process.stderr.fd));
  try {
    const totalBytes = statSync(file).size;
    const onBytes = (bytes: number) => tell({ type: "progress", bytes, totalBytes });
    const options = { file, verifierKey: values.key ?? null, newKey: values["new-key"], onBytes };
    const { checkpoint: _, ...restored } = await restore(config, options, log);
    tell({ type: "restored", ...restored });
    return 0;
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    tell({ type: "refused", code, message: (error as Error).message });
    return REFUSED_STATUS;
  }
}

function tell(message: RestoreMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Null for what is not expected: it ends the process with its stack. */
function codeOf(error: unknown): string | null {
  if (error instanceof RestoreRefused) return error.code;
  if (error instanceof ArtifactStoreUnavailable) return error.fault === "FULL" ? "STORE_FULL" : "STORE_UNAVAILABLE";
  return null;
}
