import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { PluginFailure } from "@clew/plugin-sdk";
import type { BoosterTask } from "./xgboost-library.ts";

export const { version: XGBOOST_VERSION } = createRequire(import.meta.url)("ml-xgboost/package.json") as {
  readonly version: string;
};

/** XGBoost in a thread of its own, which holds all of its memory. */
export class BoosterWorker {
  readonly #worker: Worker;
  readonly #said: string[] = [];

  constructor(task: BoosterTask) {
    const url = new URL("./xgboost-worker.ts", import.meta.url);
    const transferList = [task.values.buffer, task.labels.buffer] as ArrayBuffer[];
    this.#worker = new Worker(url, { workerData: task, transferList, stdout: true, stderr: true });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.on("data", (chunk: Buffer) => this.#said.push(chunk.toString("utf8")));
    }
  }

  /**
   * Adds a tree; the model as XGBoost saves it.
   * @throws {PluginFailure} PLUGIN_ERROR where XGBoost gives up; the signal's reason where it is aborted meanwhile.
   */
  async round(signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const onError = (error: unknown) => reject(this.#failure(error));
    const onExit = () => reject(this.#failure("its thread ended"));
    const onAbort = () => reject(signal.reason as Error);
    this.#worker.once("message", resolve).once("error", onError).once("exit", onExit);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#worker.postMessage("round", []);
    try {
      return await promise;
    } finally {
      this.#worker.off("message", resolve).off("error", onError).off("exit", onExit);
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Frees its memory, in the middle of a round too. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #failure(error: unknown): PluginFailure {
    const why = error instanceof Error ? error.message : String(error);
    // It says why on its way out, and throws a number.
    const said = this.#said.join("").trim().split("\n").at(-1) ?? "";
    return new PluginFailure("PLUGIN_ERROR", `XGBoost gave up: ${why} ${said}`.slice(0, 1000));
  }
}
