import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { RestoreMessage } from "@clew/schema";
import { CliError } from "./errors.ts";
import { progress } from "./terminal/format.ts";
import type { Step } from "./terminal/steps.ts";
import { serverProgram } from "./up/server-process.ts";

export interface RestoreOptions {
  readonly dataDir: string;
  /** CLEW_… variables that name the services. */
  readonly env: Record<string, string>;
  readonly key?: string;
  readonly newKey?: true;
}

type Restored = Extract<RestoreMessage, { type: "restored" }>;

const KEPT_LINES = 20;

/**
 * Has the server's own code restore an archive, in a process that ends when it is done.
 * @throws {CliError} with the code of a refusal.
 */
export async function runRestore(file: string, options: RestoreOptions, step: Step): Promise<Restored> {
  const { file: node, args, env } = serverProgram();
  const flags = [...(options.key ? ["--key", options.key] : []), ...(options.newKey ? ["--new-key"] : [])];
  const child = spawn(node, [...args, "restore", ...flags, "--", file], {
    env: { ...process.env, ...env, CLEW_DATA_DIR: options.dataDir, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => log.splice(0, log.push(line) - KEPT_LINES));
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let last: RestoreMessage | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    last = RestoreMessage.parse(JSON.parse(line));
    if (last.type === "progress") step.update(progress(last.bytes, last.totalBytes));
  }
  const [status, signal] = await ended;
  if (status === 0 && last?.type === "restored") return last;
  step.failed("nothing was restored");
  if (last?.type === "refused") throw new CliError(last.message, { code: last.code });
  throw new CliError(`the restore ended with ${signal ?? status}:\n${log.join("\n")}`, {
    advice: "nothing was restored; the last lines of its log say why",
  });
}
