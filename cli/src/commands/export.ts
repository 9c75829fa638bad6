import { createWriteStream, existsSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { BACKUP_ENTRIES_HEADER, BACKUP_PATH, ESTIMATED_BYTES_HEADER } from "@clew/schema";
import { Command } from "commander";
import { type CliContext, contextOf } from "../cli-context.ts";
import { CliError, UsageError } from "../errors.ts";
import { bytes, count, progress } from "../terminal/format.ts";
import type { Io } from "../terminal/io.ts";
import { type Step, stepLog } from "../terminal/steps.ts";

/** Token hashes are in it. */
const OWNER_ONLY = 0o600;

export function exportCommand(io: Io): Command {
  return new Command("export")
    .description("write the whole ledger and every artifact to one archive, from a running server (for administrators)")
    .argument("<file>", "the archive, a tar; `clew import` restores it")
    .action((file: string, _: object, command: Command) => exportTo(file, contextOf(io, command)));
}

async function exportTo(file: string, context: CliContext): Promise<void> {
  if (existsSync(file)) throw new UsageError(`${file} is there already`, { advice: "choose another name" });
  const response = await context.client.download(BACKUP_PATH);
  const step = stepLog(context).step("export");
  const part = `${file}.part`;
  try {
    await receive(response, part, step);
    await rename(part, file);
    const entries = Number(response.headers.get(BACKUP_ENTRIES_HEADER));
    step.done(`up to ledger entry ${count(entries)}, with all artifacts, ${bytes((await stat(file)).size)} in ${file}`);
  } catch (error) {
    await rm(part, { force: true });
    step.failed("broke off");
    throw new CliError(`the export broke off: ${causeOf(error)}`, {
      advice: "nothing was kept; look at the server's log, and run it again",
      cause: error,
    });
  }
}

/** A body that the server does not end well rejects: what was written then is no backup. */
async function receive(response: Response, part: string, step: Step): Promise<void> {
  const total = Number(response.headers.get(ESTIMATED_BYTES_HEADER));
  let received = 0;
  const counted = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.length;
      step.update(progress(received, total));
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body as ReadableStream);
  await pipeline(body, counted, createWriteStream(part, { mode: OWNER_ONLY, flush: true }));
}

/** Fetch hides what happened in the cause of its TypeError. */
function causeOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { message?: string } };
  return cause?.message ?? message;
}
