import { readFileSync, writeFileSync } from "node:fs";
import { type Checkpoint, parseVerifierKey, verifyCheckpoint } from "@clew/schema";
import { z } from "zod";
import { CliError, UsageError } from "../errors.ts";

/** A signed head as an auditor keeps it, away from the server: with the key that signed it, and the ledger that it is about. */
const NotedCheckpoint = z.object({ ledgerId: z.string(), verifierKey: z.string(), checkpoint: z.string() });
type NotedCheckpoint = z.infer<typeof NotedCheckpoint>;

/** @throws {UsageError} when the file is missing or none that `clew verify --save` wrote. */
export function readNoted(file: string): NotedCheckpoint {
  try {
    return NotedCheckpoint.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new UsageError(`${file} is no checkpoint that \`clew verify --save\` wrote`, { cause: error });
  }
}

export function writeNoted(file: string, noted: NotedCheckpoint): void {
  writeFileSync(file, `${JSON.stringify(noted, null, 2)}\n`);
}

/** What a checkpoint of the ledger says. @throws {CliError} when the key has not signed it, or it is about another ledger. */
export function openCheckpoint(checkpoint: string, ledgerId: string, key: string, whose: string): Checkpoint {
  try {
    return verifyCheckpoint(checkpoint, `clew/ledger/${ledgerId}`, [parseVerifierKey(key)]);
  } catch (error) {
    throw new CliError(`${whose} does not hold: ${(error as Error).message}`, { cause: error });
  }
}
