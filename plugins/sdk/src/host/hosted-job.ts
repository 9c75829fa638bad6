import { type HostMessage, type JobMessage, JOB_PROTOCOL, failure } from "@clew/schema";
import { readLines } from "../lines.ts";
import { PluginFailure } from "../plugin-failure.ts";
import { Conversation, logLine, shortened } from "./conversation.ts";
import type { JobSpec } from "./job-spec.ts";
import { JobStop } from "./job-stop.ts";
import { Mask } from "./mask.ts";
import type { Exit, ProcessGroup } from "./process-group.ts";
import { type MemoryWatch, watchMemory } from "./watch-memory.ts";

const DEFAULT_GRACE_MS = 10_000;
/** How many of the last lines of standard error a failure carries, and of each how much. */
const STDERR_LINES = 20;
const STDERR_CHARACTERS = 500;

/** All that is known of a job whose process has ended. */
export interface EndedJob {
  exit: Exit;
  talk: Conversation;
  stop: JobStop;
  mask: Mask;
  peakRssBytes: number;
  stderrTail: readonly string[];
}

/** One job's process, from its start to its end. */
export class HostedJob {
  readonly #spec: JobSpec;
  readonly #group: ProcessGroup;
  readonly #talk: Conversation;
  readonly #stop: JobStop;
  readonly #mask: Mask;
  readonly #memory: MemoryWatch;
  readonly #stderrTail: string[] = [];
  #listenerError: { error: unknown } | null = null;
  #busy = 0;
  #lastHeardAt = 0;

  constructor(spec: JobSpec, group: ProcessGroup) {
    const resources = { ...spec.manifest.resources, ...spec.resources };
    this.#spec = spec;
    this.#talk = new Conversation(spec.manifest, spec.inputs);
    this.#mask = new Mask(Object.values(spec.secrets ?? {}));
    this.#group = group;
    this.#stop = new JobStop(this.#group, spec.graceMs ?? DEFAULT_GRACE_MS);
    this.#memory = watchMemory(this.#group, resources.memoryMiB, (cause) => this.#stop.kill(cause));
    if (this.#group.pid !== undefined) spec.onStart?.(this.#group.pid);
    if (spec.manifest.kind === "task") this.#stop.killAfter(resources.timeoutSeconds);
  }

  /** @throws what onMessage throws; the job is killed then. */
  async run(): Promise<EndedJob> {
    const cancel = () => this.#cancel();
    this.#spec.signal?.addEventListener("abort", cancel, { once: true });
    try {
      this.#greet();
      this.#spec.onReady?.((message) => this.#tell(message));
      if (this.#spec.signal?.aborted === true) cancel();
      return this.#ended(await this.#untilEnded());
    } finally {
      this.#spec.signal?.removeEventListener("abort", cancel);
      this.#memory.stop();
      this.#stop.dispose();
    }
  }

  #ended(exit: Exit): EndedJob {
    if (this.#listenerError !== null) throw this.#listenerError.error;
    return {
      exit,
      talk: this.#talk,
      stop: this.#stop,
      mask: this.#mask,
      peakRssBytes: this.#memory.peakRssBytes,
      stderrTail: this.#stderrTail,
    };
  }

  #greet(): void {
    const { runId, attempt, inputDir, outputDir, seed, parameters, inputs } = this.#spec;
    this.#tell({ type: "hello", protocol: JOB_PROTOCOL, runId, attempt, inputDir, outputDir, seed });
    this.#tell({ type: "parameters", values: parameters as Extract<HostMessage, { type: "parameters" }>["values"] });
    this.#tell({ type: "inputs", inputs });
  }

  #tell(message: HostMessage): void {
    if (this.#group.stdin.writable) this.#group.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #cancel(): void {
    const reason: unknown = this.#spec.signal?.reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    this.#tell({ type: "cancel", reason: message });
    this.#stop.cancel(reason instanceof PluginFailure ? reason.toFailure() : failure("CANCELLED", message));
  }

  async #untilEnded(): Promise<Exit> {
    const reading = Promise.allSettled([this.#readOutput(), this.#readErrors()]);
    const exit = await this.#group.exited;
    await this.#group.finish(reading, () => (this.#busy > 0 ? 0 : Date.now() - this.#lastHeardAt));
    return exit;
  }

  async #readOutput(): Promise<void> {
    for await (const line of readLines(this.#group.stdout)) {
      // What a job says after the host has begun to kill it counts for nothing.
      if (this.#stop.cause !== null && !this.#stop.isCancel) continue;
      const heard = this.#talk.hear(line);
      if (heard.violation !== null) this.#stop.kill(heard.violation);
      else await this.#pass(heard.message);
      if (heard.message?.type === "result" || heard.message?.type === "failure") await this.#letGo();
    }
  }

  async #letGo(): Promise<void> {
    this.#memory.stop();
    await this.#memory.look();
    this.#stop.letGo();
    this.#group.stdin.end();
  }

  async #readErrors(): Promise<void> {
    for await (const line of readLines(this.#group.stderr)) {
      this.#stderrTail.push(this.#mask.text(line.text).slice(0, STDERR_CHARACTERS));
      if (this.#stderrTail.length > STDERR_LINES) this.#stderrTail.shift();
      await this.#pass(logLine("warn", line));
    }
  }

  async #pass(message: JobMessage): Promise<void> {
    this.#busy += 1;
    try {
      await this.#spec.onMessage?.(shortened(this.#mask.message(message)));
    } catch (error) {
      this.#listenerError ??= { error };
      this.#group.signal("SIGKILL");
    }
    this.#busy -= 1;
    this.#lastHeardAt = Date.now();
  }
}
