import { type JobInvitation, majorOf, ROUND_HEADER, type RunControl, type Subjects } from "@clew/schema";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { FollowerWork } from "../../ledger/follower.ts";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import { eachNode, type NodeReader } from "../../ports/node-reader.ts";
import { nextAttempt } from "./attempts.ts";
import { Run } from "./run.node.ts";

/** Stores a message for whoever takes it; the same id again is stored once. */
export type Publish = (
  subject: string,
  data: string,
  messageId: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<void>;
/** To whoever listens now. */
export type Send = (subject: string, data: string) => void;
/** Drops the dead letter of a run, if there is one. */
export type DropLetter = (runId: string) => Promise<void>;

/** What runners are told of runs: invitations for those that wait, a word to those whose run was cancelled. */
export class Dispatch {
  readonly #subjects: Subjects;
  readonly #publish: Publish;
  readonly #send: Send;
  readonly #dropLetter: DropLetter;

  constructor(subjects: Subjects, publish: Publish, send: Send, dropLetter: DropLetter) {
    this.#subjects = subjects;
    this.#publish = publish;
    this.#send = send;
    this.#dropLetter = dropLetter;
  }

  /** `occasion` tells apart sendings of the same invitation that shall not be taken for one. */
  async invite(run: NodeOf<typeof Run>, occasion: string): Promise<void> {
    if (run.plugin === null) return;
    const attempt = nextAttempt(run);
    const invitation: JobInvitation = {
      schema: "clew/job-invitation/1",
      runId: run.id,
      attempt,
      plugin: `${run.plugin.name}@${run.plugin.version}`,
      queuedAt: new Date(run.queuedAt).toISOString(),
    };
    const subject = this.#subjects.job(run.plugin.name, majorOf(run.plugin.version), run.pool);
    const round = { [ROUND_HEADER]: String(run.notBefore) };
    await this.#publish(subject, JSON.stringify(invitation), `${run.id}:${attempt}:${occasion}`, round);
  }

  /** The run has ended, or is offered anew. */
  dropLetter(run: NodeOf<typeof Run>): Promise<void> {
    return this.#dropLetter(run.id);
  }

  cancel(run: NodeOf<typeof Run>): void {
    this.#control(run.id, "cancel", run.failure?.message.slice(0, 500) ?? "cancelled");
  }

  /** A word lost is no harm: a service looks by itself, every now and then. */
  refresh(run: NodeOf<typeof Run>): void {
    this.#control(run.id, "refresh", "what its endpoint shall serve may have changed");
  }

  #control(runId: string, command: RunControl["command"], reason: string): void {
    const control: RunControl = { schema: "clew/run-control/1", runId, command, reason };
    this.#send(this.#subjects.control(runId), JSON.stringify(control));
  }
}

const PAGE = 500;
/** The types that say what an endpoint shall serve: what is new in one of them may concern a service. */
const SERVED = new Set(["Endpoint", "Deployment"]);

/** A deployment or an endpoint that was made or changed, or a model version that exists already and whose state has changed. */
function mayChangeServed({ changes }: ProjectedEntry): boolean {
  return changes.some(
    (change) => change.op === "node" && (SERVED.has(change.type) || (change.type === "ModelVersion" && !change.parent)),
  );
}

/**
 * Follows the ledger and tells runners of what was queued and cancelled, and services that their endpoint has changed; a crash loses no
 * invitation.
 */
export class DispatchWork implements FollowerWork {
  readonly name = "dispatch";
  readonly batchMax = 200;
  readonly #store: LedgerStore;
  readonly #reader: NodeReader;
  readonly #dispatch: Dispatch;

  constructor(store: LedgerStore, reader: NodeReader, dispatch: Dispatch) {
    this.#store = store;
    this.#reader = reader;
    this.#dispatch = dispatch;
  }

  position(): Promise<number> {
    return this.#store.position(this.name);
  }

  async handle(entries: readonly ProjectedEntry[]): Promise<void> {
    const seqOf = new Map<string, number>();
    for (const { seq, changes } of entries) {
      for (const change of changes) if (change.op === "node" && change.type === Run.name) seqOf.set(change.id, seq);
    }
    const runs = (await this.#reader.byIds([...seqOf.keys()])).map((state) => nodeOf(Run, state));
    await Promise.all(runs.map((run) => this.#tell(run, seqOf.get(run.id)!)));
    if (entries.some(mayChangeServed)) await this.#refreshServices();
    await this.#store.advance(this.name, entries.at(-1)!.seq);
  }

  async #refreshServices(): Promise<void> {
    const filter = { types: [Run.name], namespaces: null, states: ["RUNNING"] };
    for await (const state of eachNode(this.#reader, filter, "NEWEST", PAGE)) {
      const run = nodeOf(Run, state);
      if (run.kind === "SERVICE") this.#dispatch.refresh(run);
    }
  }

  async #tell(run: NodeOf<typeof Run>, seq: number): Promise<void> {
    if (run.state === "CANCELLED") this.#dispatch.cancel(run);
    const isOfferedAnew = run.state === "QUEUED" && run.notBefore > run.queuedAt;
    if (run.state === "CANCELLED" || isOfferedAnew) await this.#dispatch.dropLetter(run);
    // A retry that must wait is sent by the sweeper when its time has come.
    if (run.state === "QUEUED" && run.notBefore <= Date.now()) await this.#dispatch.invite(run, String(seq));
  }
}
