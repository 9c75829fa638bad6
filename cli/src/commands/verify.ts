import { type Checkpoint, verifyConsistency } from "@clew/schema";
import { LedgerConsistencyDocument, LedgerDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import type { ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";
import { askVerification, type Verification } from "../ledger/ask-verification.ts";
import { openCheckpoint, readNoted, writeNoted } from "../ledger/noted-checkpoint.ts";
import { recomputeRoots } from "../ledger/recompute-roots.ts";
import { count, progress } from "../terminal/format.ts";
import { type Io, printJson } from "../terminal/io.ts";
import { type StepLog, stepLog } from "../terminal/steps.ts";

interface VerifyFlags {
  readonly key?: string;
  readonly checkpoint?: string;
  readonly save?: string;
  readonly ledgerOnly?: true;
  readonly entries?: true;
  readonly json?: true;
}

export function verifyCommand(io: Io): Command {
  return new Command("verify")
    .description(
      "verify the ledger and what people read of it; status 1 where anything does not hold (for who may read every namespace)",
    )
    .option(
      "--checkpoint <file>",
      "a checkpoint noted earlier with --save: prove here that the ledger of today is that one, with more behind it",
    )
    .option("--save <file>", "note the checkpoint that was verified; keep it where the server's operators cannot write")
    .option("--key <verifier key>", "a key noted earlier (default: that of --checkpoint, else what the server says)")
    .option("--entries", "read every entry and compute the Merkle roots here as well, whatever the server says")
    .option("--ledger-only", "do not compare the tables that people read with the ledger")
    .option("--json", "as JSON")
    .action((flags: VerifyFlags, command: Command) => verify(io, flags, command));
}

async function verify(io: Io, flags: VerifyFlags, command: Command): Promise<void> {
  const { client } = contextOf(io, command);
  const noted = flags.checkpoint === undefined ? null : readNoted(flags.checkpoint);
  const { ledger } = await client.request(LedgerDocument, {});
  const { ledgerId } = ledger;
  const key = flags.key ?? noted?.verifierKey ?? ledger.verifierKey;
  const before = noted && openCheckpoint(noted.checkpoint, ledgerId, key, `the checkpoint in ${flags.checkpoint}`);
  // What is told on the way is for people, who read no JSON.
  const log = stepLog(flags.json ? { ...io, out: () => {}, terminal: null } : io);
  const found = await serverSays(client, log, flags);
  if (flags.json) printJson(io, { ...found, ledger });
  mustHold(found);
  const head = await signedHead(client, { ledgerId, key, found, before });
  if (flags.entries) await recompute(client, log, head, before);
  tell(log, head, before, key);
  if (flags.save !== undefined) writeNoted(flags.save, { ledgerId, verifierKey: key, checkpoint: head.note });
}

interface SignedHead extends Checkpoint {
  readonly note: string;
}

async function serverSays(client: ClewClient, log: StepLog, { ledgerOnly }: VerifyFlags): Promise<Verification> {
  const step = log.step("verification by the server");
  try {
    const onProgress = (done: number, size: number) => step.update(`records of ${progress(done, size, count)} entries`);
    const found = await askVerification(client, !ledgerOnly, onProgress);
    if (found.ok) step.done(foundRight(found));
    else step.failed("something does not hold");
    return found;
  } catch (error) {
    step.failed("not ended");
    throw error;
  }
}

function foundRight({ entries, records }: Verification): string {
  const compared = records == null ? "the tables were not compared" : `${count(records.rows)} rows as they tell`;
  return `${count(entries)} entries, ${compared}`;
}

/** @throws {CliError} with the first fault. */
function mustHold({ ok, firstFault, records }: Verification): void {
  if (ok) return;
  const fault = records?.firstFault;
  if (fault != null) {
    const where = [fault.table, fault.id, fault.field].filter((part) => part != null).join(" ");
    const entry = fault.seq == null ? "" : ` (entry ${fault.seq})`;
    throw new CliError(`what people read is not what the ledger tells: ${where}: ${fault.reason}${entry}`, {
      advice:
        'keep a copy of the database as evidence; docs/operations.md, "Records that were changed", says how to repair it',
    });
  }
  const { seq, reason } = firstFault ?? { seq: null, reason: "no reason given" };
  throw new CliError(`the ledger does not hold${seq == null ? "" : ` at entry ${seq}`}: ${reason}`);
}

interface Claim {
  readonly ledgerId: string;
  readonly key: string;
  readonly found: Verification;
  /** The checkpoint that was noted earlier. */
  readonly before: Checkpoint | null;
}

/**
 * The signed head over what the server has read, and the proof that it extends the noted one: both verified here.
 * @throws {CliError}
 */
async function signedHead(client: ClewClient, { ledgerId, key, found, before }: Claim): Promise<SignedHead> {
  const second = found.entries;
  const first = before?.size ?? second;
  if (first > second)
    throw new CliError(
      `the noted checkpoint covers ${first} entries, but the ledger ends at ${second}: it was replaced`,
    );
  const { ledgerConsistency: proof } = await client.request(LedgerConsistencyDocument, { first, second });
  const head = openCheckpoint(proof.checkpoint, ledgerId, key, "the signed head");
  if (head.size !== second || hex(head.root) !== found.root)
    throw new CliError(
      `the server signs the root ${hex(head.root)} over ${head.size} entries, but what it read has ${found.root} over ${second}`,
    );
  const path = proof.path.map((text) => Buffer.from(text, "hex"));
  const claim = { first, second, firstRoot: before?.root ?? head.root, secondRoot: head.root, proof: path };
  if (!verifyConsistency(claim)) throw changedSince(first);
  return { ...head, note: proof.checkpoint };
}

function changedSince(size: number): CliError {
  return new CliError(
    `the ledger was changed: its first ${size} entries are not those of the noted checkpoint, whatever the server says`,
    { advice: "keep the noted checkpoint and a copy of the database: together they prove it" },
  );
}

async function recompute(client: ClewClient, log: StepLog, head: Checkpoint, before: Checkpoint | null): Promise<void> {
  const step = log.step("recomputation here");
  try {
    const onEntries = (done: number) => step.update(`${progress(done, head.size, count)} entries`);
    const roots = await recomputeRoots(client, head.size, before?.size ?? head.size, onEntries);
    if (before !== null && hex(roots.earlier) !== hex(before.root)) throw changedSince(before.size);
    if (hex(roots.whole) !== hex(head.root))
      throw new CliError(`the entries that the server gives have the root ${hex(roots.whole)}, not the signed one`);
    step.done(`${count(head.size)} entries have the signed root`);
  } catch (error) {
    step.failed("the entries do not have the signed root");
    throw error;
  }
}

function tell(log: StepLog, head: Checkpoint, before: Checkpoint | null, key: string): void {
  log.print(`root ${hex(head.root)}`, `signed over ${count(head.size)} entries with ${key}`);
  if (before !== null)
    log.print(`the ${count(before.size)} entries of the noted checkpoint are its beginning: proved here`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
