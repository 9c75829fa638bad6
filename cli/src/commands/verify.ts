import { parseVerifierKey, verifyCheckpoint } from "@clew/schema";
import { LedgerDocument, type LedgerQuery, VerifyLedgerDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { type Io, printJson } from "../terminal/io.ts";

interface VerifyFlags {
  readonly key?: string;
  readonly json?: true;
}

export function verifyCommand(io: Io): Command {
  return new Command("verify")
    .description(
      "have the server recompute the whole ledger; status 1 where anything does not hold (for administrators)",
    )
    .option(
      "--key <verifier key>",
      "a key noted earlier, to check the signed head with (default: what the server says)",
    )
    .option("--json", "as JSON")
    .action((flags: VerifyFlags, command: Command) => verify(io, flags, command));
}

async function verify(io: Io, { key, json }: VerifyFlags, command: Command): Promise<void> {
  const { client, paint } = contextOf(io, command);
  const { ledger } = await client.request(LedgerDocument, {});
  const head = signedHead(ledger, key ?? ledger.verifierKey);
  const { verifyLedger: found } = await client.request(VerifyLedgerDocument, {});
  if (json) printJson(io, { ...found, ledger });
  if (!found.ok) {
    const { seq, reason } = found.firstFault ?? { seq: null, reason: "no reason given" };
    throw new CliError(`the ledger does not hold${seq == null ? "" : ` at entry ${seq}`}: ${reason}`);
  }
  if (json) return;
  io.out(`${paint("green", "✓")} ${found.entries} entries, root ${found.root}`);
  io.out(
    head === null ? "nothing is signed yet" : `${paint("green", "✓")} signed over ${head.size}: ${ledger.verifierKey}`,
  );
}

/** @throws {CliError} when the head is not signed by the key. */
function signedHead({ ledgerId, checkpoint }: LedgerQuery["ledger"], key: string): { readonly size: number } | null {
  if (checkpoint == null) return null;
  try {
    return verifyCheckpoint(checkpoint, `clew/ledger/${ledgerId}`, [parseVerifierKey(key)]);
  } catch (error) {
    throw new CliError(`the signed head does not hold: ${(error as Error).message}`, { cause: error });
  }
}
