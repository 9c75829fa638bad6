import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { type GroupMemory, groupMemory } from "./group-memory.ts";
import type { JobGuard } from "./job-guard.ts";

export interface Launch {
  program: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The process could not be started. */
  error: Error | null;
}

const PIPE_GRACE_MS = 2000;

/** A process in a group of its own, so that it and all it starts can be measured and killed together. */
export class ProcessGroup {
  readonly exited: Promise<Exit>;
  /** undefined where the process could not be started. */
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly #guard: JobGuard;

  constructor({ program, args, cwd, env }: Launch, guard: JobGuard) {
    this.#guard = guard;
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    this.pid = child.pid;
    if (child.pid !== undefined) guard.watch(child.pid);
    this.exited = exitOf(child);
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    // A job that does not read, or has ended, is no error of the host's.
    this.stdin.on("error", () => {});
  }

  /** Kills a process that never got a job. */
  discard(): void {
    this.signal("SIGKILL");
    if (this.pid !== undefined) this.#guard.ended(this.pid);
    this.stdout.destroy();
    this.stderr.destroy();
  }

  /** Does nothing where the whole group has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  async memory(): Promise<GroupMemory> {
    return this.pid === undefined ? { rssBytes: 0, peakBytes: 0 } : await groupMemory(this.pid);
  }

  /**
   * Kills what is left of the group and waits until `reading` has seen the end of the pipes; something that has left the
   * group may hold them open for ever, so silence of 2 s (`idleMs`) closes them.
   */
  async finish(reading: Promise<unknown>, idleMs: () => number): Promise<void> {
    this.signal("SIGKILL");
    if (this.pid !== undefined) this.#guard.ended(this.pid);
    const endedAt = Date.now();
    const timer = setInterval(() => {
      if (Math.min(idleMs(), Date.now() - endedAt) < PIPE_GRACE_MS) return;
      this.stdout.destroy();
      this.stderr.destroy();
    }, PIPE_GRACE_MS / 10);
    try {
      await reading;
    } finally {
      clearInterval(timer);
    }
  }
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return { code, signal, error: null };
  } catch (error) {
    return { code: null, signal: null, error: error as Error };
  }
}
