import { RunLogsDocument, type RunLogsQuery } from "@clew/schema/graphql";
import { type MetricPoint, readMetrics } from "./await-run.ts";
import type { ClewClient } from "./client.ts";
import type { RunEvent } from "./follow-run.ts";

/** What a run said or did, wherever it was read. */
export type Said = Omit<RunEvent, "cursor">;
type LogLine = Extract<NonNullable<RunLogsQuery["node"]>, { logs: unknown }>["logs"]["nodes"][number];

const PAGE = 500;

/** The points and lines of a run that the server keeps, in the order in which each attempt said them. */
export class KeptEvents {
  readonly #client: ClewClient;
  readonly #run: string;
  #lastPoint = 0;
  #cursor: string | null = null;

  constructor(client: ClewClient, run: string) {
    this.#client = client;
    this.#run = run;
  }

  /** Those that were not read yet. */
  async *more(): AsyncGenerator<Said> {
    const points = await readMetrics(this.#client, this.#run, this.#lastPoint);
    this.#lastPoint = points.at(-1)?.n ?? this.#lastPoint;
    const waiting = points.map(pointEvent).toSorted(inOrder);
    for await (const line of this.#lines()) {
      while (waiting.length > 0 && inOrder(waiting[0]!, line) < 0) yield waiting.shift()!;
      yield line;
    }
    yield* waiting;
  }

  async *#lines(): AsyncGenerator<Said> {
    for (;;) {
      const asked = { id: this.#run, first: PAGE, after: this.#cursor };
      const { node } = await this.#client.request(RunLogsDocument, asked);
      if (node === null || !("logs" in node)) return;
      const { nodes, pageInfo } = node.logs;
      this.#cursor = pageInfo.endCursor;
      yield* nodes.map(lineEvent);
      if (!pageInfo.hasNextPage) return;
    }
  }
}

/** Knows what was told of a run from what the server keeps, so that following it afterwards tells nothing twice. */
export class Told {
  readonly #numbers = new Map<number, Set<number>>();
  readonly #newest = new Map<number, number>();

  add({ attempt, n }: Said): void {
    if (attempt === null || n === null) return;
    const numbers = this.#numbers.get(attempt) ?? new Set();
    this.#numbers.set(attempt, numbers.add(n));
    this.#newest.set(attempt, Math.max(n, this.#newest.get(attempt) ?? 0));
  }

  /** Progress, which is not kept, is no news where something later was told. */
  has({ attempt, n, event }: Said): boolean {
    if (attempt === null || n === null) return false;
    if ("fraction" in event) return n < (this.#newest.get(attempt) ?? 0);
    return this.#numbers.get(attempt)?.has(n) ?? false;
  }
}

function lineEvent({ attempt, n, at, level, text }: LogLine): Said {
  return { attempt, n, at, event: { level, message: text } };
}

function pointEvent({ attempt, n, at, name, step, value }: MetricPoint): Said {
  return { attempt, n, at, event: { name, step, value } };
}

function inOrder(a: Said, b: Said): number {
  return (a.attempt ?? 0) - (b.attempt ?? 0) || (a.n ?? 0) - (b.n ?? 0);
}
