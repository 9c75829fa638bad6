import type { RunEvent, RunState } from "@clew/schema";
import { FINAL_RUN_STATES } from "@clew/schema";
import { openEntry } from "../../core/define-fact.ts";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { Push } from "../../graphql/live.ts";
import { AppendWatch } from "../../ledger/append-watch.ts";
import type { LedgerEntry, LedgerStore } from "../../ports/ledger-store.ts";
import type { NodeHistoryReader } from "../../ports/node-history.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { readEntries } from "../ledger/index.ts";
import { Run } from "./run.node.ts";
import { runFacts } from "./run.facts.ts";

export interface NumberedEvents {
  readonly seq: number;
  /** What came together; none for a message that is no run event. */
  readonly events: readonly RunEvent[];
}

/** What a run says on its way, as it is kept for a while, numbered in the order in which it came. */
export interface RunEventSource {
  /** A run's messages after number `after`, in order: those that are still kept, then those to come, until it is aborted. */
  follow(runId: string, after: number, signal: AbortSignal): AsyncIterable<NumberedEvents>;
  /** The number of the run's newest message; 0 when none is kept. */
  newest(runId: string): Promise<number>;
}

/** Where run events come from, once this server is connected to it. */
export class RunEventFeed {
  #source: RunEventSource | null = null;

  connect(source: RunEventSource): void {
    this.#source = source;
  }

  get source(): RunEventSource | null {
    return this.#source;
  }
}

/** How far someone has followed a run: in the ledger, and in its events. */
export interface RunPosition {
  readonly ledger: number;
  /** The last message that was followed to its end. */
  readonly events: number;
  /** How many events of the next one, number `events + 1`, as well. */
  readonly part: number;
}

export interface RunHappening {
  /** Where to resume behind it. */
  readonly position: RunPosition;
  readonly at: number;
  readonly attempt: number | null;
  /** The event's number; null for a state. */
  readonly n: number | null;
  readonly event: RunEvent["event"] | RunStateEvent;
}
export interface RunStateEvent {
  readonly type: "state";
  readonly state: RunState;
  readonly failure: NodeOf<typeof Run>["failure"];
}

const STATE_FACTS = new Set(runFacts.map(({ type }) => type).filter((type) => type.startsWith("run.")));
const PAGE = 100;
const POLL_MS = 5_000;

interface FollowParts {
  readonly store: LedgerStore;
  readonly reader: NodeReader;
  readonly history: NodeHistoryReader;
  readonly source: RunEventSource;
}

/**
 * Pushes what happens to a run and what it says, until it has ended and everything that it said before was pushed, or until it is
 * aborted. States come in their own order and events in theirs; the final state comes last.
 */
export async function followRun(
  parts: FollowParts,
  runId: string,
  after: RunPosition,
  push: Push<RunHappening>,
  signal: AbortSignal,
): Promise<void> {
  await new RunFollower(parts, runId, after, push, signal).run();
}

class RunFollower {
  readonly #parts: FollowParts;
  readonly #runId: string;
  readonly #push: Push<RunHappening>;
  readonly #ended = new AbortController();
  #position: RunPosition;
  /** Called when an event was pushed, and at the end. */
  #moved: (() => void) | null = null;

  constructor(parts: FollowParts, runId: string, after: RunPosition, push: Push<RunHappening>, signal: AbortSignal) {
    this.#parts = parts;
    this.#runId = runId;
    this.#position = after;
    this.#push = push;
    this.#ended.signal.addEventListener("abort", () => this.#moved?.(), { once: true });
    if (signal.aborted) this.#ended.abort();
    else signal.addEventListener("abort", () => this.#ended.abort(), { once: true });
  }

  /** Whichever ends first, for good or with an error, ends the other. */
  async run(): Promise<void> {
    const end = () => this.#ended.abort();
    await Promise.all([this.#events().finally(end), this.#states().finally(end)]);
  }

  async #events(): Promise<void> {
    const { source } = this.#parts;
    for await (const message of source.follow(this.#runId, this.#position.events, this.#ended.signal)) {
      await this.#pushAll(message);
      this.#position = { ...this.#position, events: message.seq, part: 0 };
      this.#moved?.();
    }
  }

  /** What whoever resumes within a message has had of it is not pushed again. */
  async #pushAll({ seq, events }: NumberedEvents): Promise<void> {
    const begin = seq === this.#position.events + 1 ? this.#position.part : 0;
    for (const [index, { attempt, n, at, event }] of events.entries()) {
      if (index < begin) continue;
      const isLast = index === events.length - 1;
      const reached = isLast ? { events: seq, part: 0 } : { events: seq - 1, part: index + 1 };
      this.#position = { ...this.#position, ...reached };
      await this.#push({ position: this.#position, at: Date.parse(at), attempt, n, event });
    }
  }

  async #states(): Promise<void> {
    const { signal } = this.#ended;
    const watch = new AppendWatch(this.#parts.store, signal);
    if (await this.#hasEnded()) return void (await this.#hasAllEvents());
    for (let after = this.#position.ledger; !signal.aborted; ) {
      const query = { after, limit: PAGE, types: STATE_FACTS };
      const { entries, endSeq, hasMore } = await readEntries(this.#parts.store, query);
      for (const entry of entries) if (await this.#isEnd(entry)) return;
      after = endSeq;
      if (!hasMore) await watch.wait(POLL_MS);
    }
  }

  /** Whether whoever resumes has had the final state already. */
  async #hasEnded(): Promise<boolean> {
    const [run] = await this.#parts.reader.byIds([this.#runId]);
    if (run === undefined || run.changedSeq > this.#position.ledger) return false;
    return FINAL_RUN_STATES.has(nodeOf(Run, run).state);
  }

  /** Pushes the state that an entry of this run led to. */
  async #isEnd(entry: LedgerEntry): Promise<boolean> {
    if (runOf(entry) !== this.#runId) return false;
    const state = await this.#parts.history.asKnownAt(this.#runId, entry.seq);
    if (state === null || state.changedSeq !== entry.seq) return false;
    const { state: now, failure, attempts } = nodeOf(Run, state);
    const isFinal = FINAL_RUN_STATES.has(now);
    // Whoever is told why no more events come hears of the end when he resumes, behind them.
    if (isFinal && !(await this.#hasAllEvents())) return true;
    this.#position = { ...this.#position, ledger: entry.seq };
    await this.#push({
      position: this.#position,
      at: entry.recordedAt,
      attempt: attempts.at(-1)?.attempt ?? null,
      n: null,
      event: { type: "state", state: now, failure },
    });
    return isFinal;
  }

  /** What a run said before it ended is stored before the end is recorded. False where this ends before all of it has come. */
  async #hasAllEvents(): Promise<boolean> {
    const newest = await this.#parts.source.newest(this.#runId);
    while (this.#position.events < newest && !this.#ended.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#moved = resolve;
      });
    }
    this.#moved = null;
    return !this.#ended.signal.aborted;
  }
}

function runOf(entry: LedgerEntry): unknown {
  const payload = openEntry(entry).payload as Readonly<Record<string, unknown>>;
  return payload["run"] ?? payload["id"];
}
