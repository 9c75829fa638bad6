import { idToken, type RunEvent, runEventsIn } from "@clew/schema";
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

  /** The events of a message on a run's subject; none when it holds none, or some that the subject's runner may not report. */
  async read({ subject, data }: { readonly subject: string; readonly data: Uint8Array }): Promise<readonly RunEvent[]> {
    const events = runEventsIn(data) ?? [];
    const [first] = events;
    if (first === undefined) return [];
    const runner = await this.#of(first.runId, first.attempt);
    const [sender, , run] = subject.split(".").toReversed();
    return runner !== null && idToken(runner) === sender && idToken(first.runId) === run ? events : [];
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
