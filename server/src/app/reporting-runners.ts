import { idToken, jsonIn, RunEvent } from "@clew/schema";
import { nodeOf } from "../core/define-node.ts";
import { Run } from "../features/runs/index.ts";
import type { NodeReader } from "../ports/node-reader.ts";

const KEPT = 10_000;

/** Which runner an attempt belongs to: from its claim on, for ever, so that what has been read is kept. */
export class ReportingRunners {
  readonly #reader: NodeReader;
  readonly #runners = new Map<string, string>();

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  /** What a message on a run's subject says; null when it is no event, or one that the subject's runner may not report. */
  async read({ subject, data }: { readonly subject: string; readonly data: Uint8Array }): Promise<RunEvent | null> {
    const { data: event } = RunEvent.safeParse(jsonIn(data));
    if (event === undefined) return null;
    const runner = await this.#of(event.runId, event.attempt);
    const [sender, , run] = subject.split(".").toReversed();
    return runner !== null && idToken(runner) === sender && idToken(event.runId) === run ? event : null;
  }

  /** Null where nobody has claimed that attempt. */
  async #of(runId: string, attempt: number): Promise<string | null> {
    const key = `${runId}:${attempt}`;
    const known = this.#runners.get(key);
    if (known !== undefined) return known;
    const [state] = await this.#reader.byIds([runId]);
    if (state === undefined || state.type !== Run.name) return null;
    const runner = nodeOf(Run, state).attempts.find((one) => one.attempt === attempt)?.runner ?? null;
    if (runner !== null) this.#keep(key, runner);
    return runner;
  }

  #keep(key: string, runner: string): void {
    const [oldest] = this.#runners.keys();
    if (this.#runners.size >= KEPT && oldest !== undefined) this.#runners.delete(oldest);
    this.#runners.set(key, runner);
  }
}
