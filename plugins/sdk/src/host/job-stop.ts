import { type Failure, failure } from "@clew/schema";
import type { ProcessGroup } from "./process-group.ts";

/** Why and how the host ends a job; the first reason counts. */
export class JobStop {
  cause: Failure | null = null;
  /** The cause is a cancel, after which the job may still end by itself. */
  isCancel = false;
  /** The job had said how it ended and was killed because its process went on. */
  lingered = false;
  readonly #group: ProcessGroup;
  readonly #graceMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #timeout: NodeJS.Timeout | undefined;

  constructor(group: ProcessGroup, graceMs: number) {
    this.#group = group;
    this.#graceMs = graceMs;
  }

  /** At once. A job that is being cancelled stays cancelled. */
  kill(cause: Failure): void {
    this.cause ??= cause;
    this.#group.signal("SIGKILL");
  }

  killAfter(timeoutSeconds: number): void {
    const cause = failure("TIMEOUT", `the job took longer than ${timeoutSeconds} s`);
    this.#timeout = setTimeout(() => this.kill(cause), timeoutSeconds * 1000);
  }

  /** The caller has told the job; SIGTERM follows at half the grace period, SIGKILL at its end. */
  cancel(cause: Failure): void {
    if (this.cause !== null) return;
    this.cause = cause;
    this.isCancel = true;
    this.#later(this.#graceMs / 2, () => this.#group.signal("SIGTERM"));
    this.#later(this.#graceMs, () => this.#group.signal("SIGKILL"));
  }

  /** The job has said how it ended: its process has the grace period to go. */
  letGo(): void {
    clearTimeout(this.#timeout);
    this.#later(this.#graceMs, () => {
      this.lingered = true;
      this.#group.signal("SIGKILL");
    });
  }

  dispose(): void {
    clearTimeout(this.#timeout);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(delayMs: number, act: () => void): void {
    this.#timers.add(setTimeout(act, delayMs));
  }
}
