import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type HostMessage, type JobMessage, type RunControl, failure, idToken, uploadFile } from "@clew/schema";
import { type CollectedOutput, type JobOutcome, runJob } from "@clew/plugin-sdk/host";
import { PluginFailure } from "@clew/plugin-sdk";
import type { Logger } from "pino";
import { TRANSFER_TRIES, inputsOf, parametersOf, placeInputs } from "./attempt-inputs.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import type { ClaimedAttempt } from "./claim.ts";
import { hostEnvironment, mergedEnvironment } from "./environment.ts";
import { LeaseLost, asLost, failureOf, isLost } from "./faults.ts";
import { type CallOptions, RequestRefused, requireAccepted } from "./graphql-link.ts";
import type { HostedPlugin } from "./hosted-plugins.ts";
import { LeaseWatch } from "./lease-watch.ts";
import { bodyMaxBytes } from "./nats-link.ts";
import { finishRun, startRun } from "./operations.ts";
import { type FinishRunInput, failedInput, finishInput, refusedOutcome } from "./outcome.ts";
import { BATCH_MAX_BYTES, RunEvents } from "./run-events.ts";
import { Service } from "./service.ts";

type Stage = "inputs" | "job" | "outputs";

/** One claimed attempt, from its claim to its report. */
export class Attempt {
  readonly #parts: AttemptParts;
  readonly #claimed: ClaimedAttempt;
  readonly #plugin: HostedPlugin;
  readonly #log: Logger;
  readonly #watch: LeaseWatch;
  readonly #events: RunEvents;
  /** Ends the job; its reason, a PluginFailure, is what the attempt fails with. */
  readonly #cancel = new AbortController();
  /** Ends everything at once, and nothing is reported. */
  readonly #forget = new AbortController();
  #stage: Stage = "inputs";
  #isToldToCancel = false;
  #pid: number | null = null;
  #service: Service | null = null;

  constructor(parts: AttemptParts, claimed: ClaimedAttempt, plugin: HostedPlugin) {
    this.#parts = parts;
    this.#claimed = claimed;
    this.#plugin = plugin;
    const { runId, attempt } = claimed;
    this.#log = parts.log.child({ runId, attempt, plugin: claimed.plugin });
    this.#events = new RunEvents({
      runId,
      attempt,
      publish: parts.publishEvents,
      signal: this.#forget.signal,
      batchMaxBytes: Math.min(BATCH_MAX_BYTES, bodyMaxBytes(parts.nats.connection)),
    });
    this.#watch = new LeaseWatch({
      ...parts,
      claimed,
      log: this.#log,
      onControl: (control) => this.#control(control),
      onLost: (lost) => this.forget(lost),
    });
  }

  /** A service does not end by itself: who waits for the others waits for it in vain. */
  get isService(): boolean {
    return this.#plugin.manifest.kind === "service";
  }

  /** Asks the job to end; the attempt then fails with `reason`, unless the job comes to a result all the same. */
  cancel(reason: PluginFailure): void {
    this.#cancel.abort(reason);
  }

  /** Kills the job and reports nothing. */
  forget(reason: Error): void {
    if (this.#forget.signal.aborted) return;
    this.#forget.abort(reason);
    this.#cancel.abort(reason);
    if (this.#pid !== null) killGroup(this.#pid);
  }

  /** Never rejects. */
  async run(): Promise<void> {
    this.#log.info("an attempt begins");
    this.#watch.start();
    try {
      await this.#inFolder(async (dir) => await this.#report(await this.#outcome(dir)));
    } catch (error) {
      const cause: unknown = this.#forget.signal.aborted ? this.#forget.signal.reason : error;
      if (cause instanceof LeaseLost) this.#log.warn({ reason: cause.message }, "the attempt is not ours any more");
      else this.#log.error({ err: cause }, "an attempt ends without a report; its lease will run out");
    } finally {
      this.#watch.stop();
      void this.#parts.prestarted.keep(this.#plugin);
    }
  }

  async #inFolder(use: (dir: string) => Promise<void>): Promise<void> {
    const { attemptsDir } = this.#parts;
    const { runId, attempt } = this.#claimed;
    const dir = join(attemptsDir, `${idToken(runId)}-${attempt}`);
    try {
      mkdirSync(inputsIn(dir), { recursive: true });
      await use(dir);
    } finally {
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** What became of the attempt, its output files stored. @throws {LeaseLost} */
  async #outcome(dir: string): Promise<FinishRunInput> {
    const { runId, attempt } = this.#claimed;
    try {
      const outcome = await this.#job(dir).finally(() => this.#service?.stop());
      await this.#service?.settled();
      if (this.isService && outcome.outcome === "result") throw this.#ended();
      this.#forget.signal.throwIfAborted();
      this.#stage = "outputs";
      await this.#upload(join(dir, "outputs"), outcome.outputs);
      await this.#events.flush();
      return finishInput(runId, attempt, outcome, this.#events.metrics);
    } catch (thrown) {
      this.#forget.signal.throwIfAborted();
      const error = asLost(thrown);
      if (error instanceof LeaseLost) throw error;
      await this.#events.flush();
      const reason: unknown = this.#stage === "outputs" ? null : this.#cancel.signal.reason;
      const cause = reason instanceof PluginFailure ? reason.toFailure() : failureOf(error, this.#stage);
      return failedInput(runId, attempt, cause, this.#events.metrics);
    }
  }

  async #job(dir: string): Promise<JobOutcome> {
    const { link, secrets, guard, prestarted } = this.#parts;
    const { runId, attempt, run, token } = this.#claimed;
    const signal = AbortSignal.any([this.#cancel.signal, this.#forget.signal]);
    const inputs = await inputsOf(run, link, this.#call(null, signal));
    const inputDir = inputsIn(dir);
    await placeInputs(inputs, inputDir, { ...this.#parts, token, signal });
    this.#stage = "job";
    return await runJob({
      pluginDir: this.#plugin.dir,
      manifest: this.#plugin.manifest,
      inputDir,
      outputDir: join(dir, "outputs"),
      parameters: parametersOf(run),
      isChecked: true,
      inputs,
      seed: run.seed,
      runId,
      attempt,
      secrets,
      compileCacheDir: this.#parts.compileCacheDir,
      guard,
      takeProcess: () => prestarted.take(this.#plugin),
      signal: this.#cancel.signal,
      onStart: (pid) => this.#started(pid),
      onReady: (tell) => this.#attend(inputDir, tell, signal),
      onMessage: (message) => this.#hear(message),
    });
  }

  /** A service that ends is wanted still: it is tried again, unless the server has ended its run. */
  #ended(): PluginFailure {
    const reason: unknown = this.#cancel.signal.reason;
    if (reason instanceof PluginFailure) return reason;
    return new PluginFailure("PLUGIN_ERROR", "the service ended by itself", true);
  }

  #attend(inputDir: string, tell: (message: HostMessage) => void, signal: AbortSignal): void {
    if (!this.isService) return;
    const { runId, attempt, token } = this.#claimed;
    this.#service = new Service({
      ...this.#parts,
      runId,
      attempt,
      token,
      batchMaxBytes: bodyMaxBytes(this.#parts.nats.connection),
      inputDir,
      tell,
      signal,
      forgetting: this.#forget.signal,
      warn: (text) => void this.#warn(text),
      log: this.#log,
      onLost: (lost) => this.forget(lost),
      onRefused: (failure) => this.cancel(failure),
      onFailure: ({ type, message }) =>
        this.cancel(new PluginFailure(type, `what the endpoint serves cannot be served: ${message}`, true)),
    });
  }

  /** In the run's own log. */
  async #warn(message: string): Promise<void> {
    await this.#events.send({ type: "log", level: "warn", message }).catch(() => {});
  }

  #started(pid: number): void {
    this.#pid = pid;
    if (this.#forget.signal.aborted) killGroup(pid);
  }

  /** The job is heard no further until this resolves: that is how a job which says too much is slowed down. */
  async #hear(message: JobMessage): Promise<void> {
    if (message.type === "hello") {
      await this.#start(message.environment);
      this.#service?.start();
    } else if ((await this.#service?.hear(message)) !== true) await this.#events.send(message);
  }

  async #start(said: Record<string, string>): Promise<void> {
    const { runId, attempt } = this.#claimed;
    const environment = mergedEnvironment(
      await hostEnvironment(this.#plugin, this.#parts.runnerVersion, this.#parts.code),
      said,
    );
    const call = this.#call(`start:${runId}:${attempt}`, this.#forget.signal);
    const answer = await this.#parts.link.call(startRun, { input: { run: runId, attempt, environment } }, call);
    requireAccepted(answer.startRun);
  }

  async #upload(outputDir: string, outputs: readonly CollectedOutput[]): Promise<void> {
    const { serverUrl } = this.#parts;
    const options = { signal: this.#forget.signal, maxAttempts: TRANSFER_TRIES };
    for (const { output, files } of outputs) {
      for (const file of files) {
        const path = join(outputDir, output.dir ?? "", file.path);
        const { digest } = await uploadFile(serverUrl, this.#claimed.token, path, options);
        if (digest !== file.digest) throw new Error(`${file.path} was changed after the job had ended`);
      }
    }
  }

  async #report(input: FinishRunInput): Promise<void> {
    const lost = this.#isToldToCancel ? await this.#watch.lost(this.#forget.signal) : null;
    if (lost !== null) throw lost;
    // From here on finishRun itself says whether the lease is lost.
    this.#watch.stop();
    const refusal = await this.#finish(input);
    if (refusal === null) return;
    this.#log.warn({ refusal }, "the server did not take the outputs; the attempt is reported as failed");
    const cause = refusal.startsWith("FILE_MISSING") ? failure("UNAVAILABLE", refusal) : refusedOutcome(refusal);
    const { run, attempt } = input;
    const second = await this.#finish(failedInput(run, attempt, cause, this.#events.metrics));
    if (second !== null) throw new Error(`the server takes no report: ${second}`);
  }

  /** Null where the report was taken, else why it never will be. @throws {LeaseLost} */
  async #finish(input: FinishRunInput): Promise<string | null> {
    const { run, attempt } = input;
    try {
      const call = this.#call(`finish:${run}:${attempt}`, this.#forget.signal);
      const { finishRun: answer } = await this.#parts.link.call(finishRun, { input }, call);
      const [fault] = answer.userErrors;
      if (fault !== undefined) throw new RequestRefused(fault.code, `${fault.path.join(".")} ${fault.message}`);
      const failed = input.failure ?? null;
      this.#log.info({ state: answer.run?.state, ...(failed && { failure: failed.type }) }, "an attempt was reported");
      return null;
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      if (isLost(error.code)) throw new LeaseLost(error.message);
      return `${error.code}: ${error.message}`;
    }
  }

  #call(key: string | null, signal: AbortSignal): CallOptions {
    return { token: this.#claimed.token, key, signal, giveUpAfterMs: null };
  }

  #control({ command, reason }: RunControl): void {
    this.#log.info({ command, reason }, "the server speaks to the attempt");
    if (command === "refresh") return this.#service?.refresh();
    // A task ends by itself; there is nothing that it could drain.
    if (command === "drain" && !this.isService) return;
    this.#isToldToCancel ||= command === "cancel";
    this.cancel(new PluginFailure("CANCELLED", reason || "cancelled"));
  }
}

const inputsIn = (dir: string) => join(dir, "inputs");

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
