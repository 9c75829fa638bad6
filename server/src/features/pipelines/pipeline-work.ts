import { FINAL_RUN_STATES, typeOfId } from "@clew/schema";
import type { ArrowChange, GraphChange, NodeChange } from "../../core/graph-change.ts";
import type { FollowerLog, FollowerWork } from "../../ledger/follower.ts";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import { Tries } from "../../ledger/tries.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import { attributeIs, eachNode, type NodeReader } from "../../ports/node-reader.ts";
import { ModelVersion } from "../catalog/index.ts";
import { Deployment } from "../deployments/index.ts";
import { Report, Run } from "../runs/index.ts";
import type { PipelineMoves } from "./make-moves.ts";
import { PipelineStep } from "./pipeline-step.node.ts";

const PAGE = 500;
const FINAL: ReadonlySet<unknown> = FINAL_RUN_STATES;

/** What an entry may mean to pipelines: runs of them that it made, and nodes that steps may have waited for. */
interface Touched {
  readonly started: Set<string>;
  readonly ended: Set<string>;
}

/** Follows the ledger and lets pipeline runs go on where what their steps wait for has happened. */
export class PipelineWork implements FollowerWork {
  readonly name = "pipelines";
  readonly batchMax = 200;
  readonly #store: LedgerStore;
  readonly #reader: NodeReader;
  readonly #moves: Pick<PipelineMoves, "advance" | "giveUp">;
  readonly #log: FollowerLog;
  readonly #tries = new Tries();

  constructor(
    store: LedgerStore,
    reader: NodeReader,
    moves: Pick<PipelineMoves, "advance" | "giveUp">,
    log: FollowerLog,
  ) {
    this.#store = store;
    this.#reader = reader;
    this.#moves = moves;
    this.#log = log;
  }

  position(): Promise<number> {
    return this.#store.position(this.name);
  }

  async handle(entries: readonly ProjectedEntry[]): Promise<void> {
    const { started, ended } = touchedBy(entries);
    const runs = new Set([...started, ...(await this.#waitingFor(ended)), ...(await this.#cancelled(ended))]);
    await Promise.all([...runs].map((run) => this.#advance(run)));
    await this.#store.advance(this.name, entries.at(-1)!.seq);
  }

  /** @throws what keeps the run from going on, until it was tried often enough, or while its end cannot be recorded either. */
  async #advance(run: string): Promise<void> {
    const giveUp = async (error: unknown) => {
      await this.#moves.giveUp(run);
      this.#log.error({ err: error, run }, "a pipeline run cannot go on: it has failed, and may be run again");
      await this.#drop(run);
    };
    await this.#tries.attempt(run, () => this.#moves.advance(run), giveUp);
  }

  /** What runs of it is cancelled, where that at least can be done. */
  async #drop(run: string): Promise<void> {
    try {
      await this.#moves.advance(run);
    } catch (error) {
      this.#log.error({ err: error, run }, "steps of a pipeline run that has failed could not be ended");
    }
  }

  /**
   * The pipeline runs that have a step which waits for one of these, or has: should this stop between what ends a step and what comes of
   * that, the entry is read again, and the step has ended by then.
   */
  async #waitingFor(ids: ReadonlySet<string>): Promise<string[]> {
    if (ids.size === 0) return [];
    const attributes = [attributeIs(PipelineStep, "waitsFor", [...ids])];
    const filter = { types: [PipelineStep.name], namespaces: null, attributes };
    const found: string[] = [];
    for await (const step of eachNode(this.#reader, filter, "OLDEST", PAGE)) found.push(step.parent!);
    return found;
  }

  /** Those that are pipeline runs, and were cancelled: others end by what this follower does itself. */
  async #cancelled(ids: ReadonlySet<string>): Promise<string[]> {
    const runs = [...ids].filter((id) => id.startsWith(`${Run.name}:`));
    const found = runs.length === 0 ? [] : await this.#reader.byIds(runs);
    return found.flatMap(({ id, attributes }) =>
      attributes["runType"] === "PIPELINE" && attributes["state"] === "CANCELLED" ? [id] : [],
    );
  }
}

function touchedBy(entries: readonly ProjectedEntry[]): Touched {
  const touched: Touched = { started: new Set(), ended: new Set() };
  for (const { changes } of entries) {
    for (const change of changes) {
      if (tellsOf(change)) touched.ended.add(change.to);
      if (change.op !== "node") continue;
      if (change.type === PipelineStep.name && change.parent !== undefined) touched.started.add(change.parent);
      if (mayEnd(change)) touched.ended.add(change.id);
    }
  }
  return touched;
}

/** Whether a report says something of a deployment, for which a step may watch. */
function tellsOf(change: GraphChange): change is ArrowChange {
  const isAbout = change.op === "arrow" && change.type === "ABOUT";
  return isAbout && typeOfId(change.from) === Report.name && typeOfId(change.to) === Deployment.name;
}

/** Whether a step that waits for this node may end by the change. */
function mayEnd({ type, set, parent }: NodeChange): boolean {
  const { state } = set;
  if (type === Run.name) return FINAL.has(state);
  const isChanged = parent === undefined && state !== undefined;
  return isChanged && (type === Deployment.name || type === ModelVersion.name);
}
