import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A Node program of ours in a process of its own, which can be killed. */
export interface Child {
  readonly pid: number;
  /** What its log has so far, a JSON text each. */
  readonly log: readonly string[];
  isAlive(): boolean;
  /** SIGKILL to this process alone: nothing is finished, nothing is flushed. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts it; resolves with the fields of the log line `readyLine`, or rejects with the log when it ends before. */
export async function startChild(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  readyLine: string,
): Promise<{ child: Child; said: Readonly<Record<string, unknown>> }> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...environment },
  });
  const reap = () => child.kill("SIGKILL");
  process.once("exit", reap);
  child.once("exit", () => process.off("exit", reap));
  const log: string[] = [];
  const said = await untilSaid(child, log, readyLine);
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!isAlive()) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  return {
    child: { pid: child.pid!, log, isAlive, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") },
    said,
  };
}

function untilSaid(child: ChildProcess, log: string[], msg: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const heard = (line: string) => {
      log.push(line);
      const fields = line.startsWith("{") ? (JSON.parse(line) as Record<string, unknown>) : {};
      if (fields["msg"] === msg) resolve(fields);
    };
    createInterface({ input: child.stdout! }).on("line", heard);
    createInterface({ input: child.stderr! }).on("line", heard);
    child.once("exit", () => reject(new Error(`it ended before it said “${msg}”:\n${log.join("\n")}`)));
  });
}
