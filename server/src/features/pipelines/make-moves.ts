import { digestOf, type Json, type PipelineStepDefinition, uuidv7 } from "@clew/schema";
import { nodeOf } from "../../core/define-node.ts";
import type { UseCase } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { SYSTEM_AGENT } from "../access/index.ts";
import { Decision } from "../decisions/index.ts";
import { cancelRun, Run } from "../runs/index.ts";
import { beginAsk, beginDecide } from "./begin-decision.ts";
import { beginDeploy } from "./begin-deploy.ts";
import { beginRun } from "./begin-run.ts";
import { beginWatch } from "./begin-watch.ts";
import { beginWithdraw } from "./begin-withdraw.ts";
import { type Beginning, failing, type PipelineParts } from "./beginning.ts";
import { Definitions } from "./look-up-start.ts";
import { type Move, nextMoves, type PipelineView } from "./next-moves.ts";
import { PipelineStep } from "./pipeline-step.node.ts";
import { type Progress, progressOf } from "./progress.ts";
import { beginStep, dropSteps, finishPipeline, giveUpPipeline, settleStep, settleWatch } from "./step-changes.ts";
import { stepFailure, type StepNode, type Waited, waitedNode } from "./step-outcome.ts";
import { watchedReports } from "./watched-reports.ts";

const STEPS_PAGE = 500;
/** More rounds than any pipeline needs: each of its steps begins and ends once. */
const ROUNDS_MAX = 1_000;
/** Refusals that say that a move no longer fits. */
const NO_LONGER = new Set(["STATE_CONFLICT", "DEPLOYMENT_CONFLICT", "RUN_FINAL"]);

/** The steps of a pipeline run, each behind those that it needs. */
export async function stepsOf(reader: NodeReader, runId: string): Promise<StepNode[]> {
  const filter = { types: [PipelineStep.name], namespaces: null, parent: runId };
  const found = await reader.list(filter, "OLDEST", null, STEPS_PAGE);
  return found.map((state) => nodeOf(PipelineStep, state)).toSorted((a, b) => a.position - b.position);
}

/** A pipeline run as it stands now; null where the id names none. */
export async function viewOf(reader: NodeReader, runId: string): Promise<PipelineView | null> {
  const [[state], steps] = await Promise.all([reader.byIds([runId]), stepsOf(reader, runId)]);
  if (state?.type !== Run.name || steps.length === 0) return null;
  const waited = steps.flatMap((step) => (step.state === "RUNNING" ? (step.waitsFor ?? []) : []));
  const nodes = waited.length === 0 ? [] : await reader.byIds(waited);
  const waitedFor = new Map<string, Waited>(nodes.map((node) => [node.id, waitedNode(node)]));
  return { run: nodeOf(Run, state), steps, waitedFor, found: new Map() };
}

/** Does what is to be done next for pipeline runs, whoever else does it as well: every move is recorded once. */
export class PipelineMoves {
  readonly #parts: PipelineParts;
  readonly #definitions: Definitions;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#definitions = new Definitions(parts.reader);
  }

  /** Until there is nothing to be done but wait. */
  async advance(runId: string): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const view = await this.#view(runId);
      const moves = view === null ? [] : nextMoves(view);
      if (view === null || moves.length === 0) return;
      await this.#make(view, moves);
    }
    throw new Error(`${runId} did not come to rest in ${ROUNDS_MAX} rounds`);
  }

  /** Ends a run as FAILED that cannot go on, whatever hinders it. */
  async giveUp(runId: string): Promise<void> {
    await this.#record("giveUpPipeline", giveUpPipeline(runId));
  }

  async #view(runId: string): Promise<PipelineView | null> {
    const { reader } = this.#parts;
    const view = await viewOf(reader, runId);
    const watching = (view?.steps ?? []).filter(({ state, stepType }) => state === "RUNNING" && stepType === "WATCH");
    if (view === null || watching.length === 0) return view;
    const progress = await progressOf(reader, this.#definitions, view);
    return { ...view, found: await watchedReports(reader, progress, watching) };
  }

  /** Everything is looked up first: what is recorded at once shares a transaction. */
  async #make(view: PipelineView, moves: readonly Move[]): Promise<void> {
    const begins = moves.some(({ kind }) => kind === "begin");
    const progress = begins ? await progressOf(this.#parts.reader, this.#definitions, view) : null;
    const prepared = await Promise.all(moves.map((move) => this.#prepare(view, move, progress)));
    await Promise.all(prepared.map((record) => record()));
  }

  /** Answers what records the move. */
  async #prepare(
    { run, steps, found }: PipelineView,
    move: Move,
    progress: Progress | null,
  ): Promise<() => Promise<void>> {
    if (move.kind === "begin") {
      const { step } = move;
      const beginning = await this.#beginning(step, progress!.definition.steps[step.name]!, progress!);
      return () => this.#begin(step, beginning);
    }
    if (move.kind === "drop") return () => this.#drop(move);
    if (move.kind === "settle" && move.step.stepType === "WATCH")
      return () => this.#record("settleStep", settleWatch(move.step, found.get(move.step.name)!));
    if (move.kind === "settle") {
      const decision = await decisionOn(this.#parts.reader, move.step);
      return () => this.#record("settleStep", settleStep(move.step, decision));
    }
    const ids = steps.map(({ id }) => id);
    return () => this.#record("finishPipeline", finishPipeline(run.id, ids));
  }

  /** What can never be recorded, as an entry that is too large, is the step's failure. */
  async #begin(step: StepNode, beginning: Beginning): Promise<void> {
    const refused = await this.#try("beginStep", beginStep(step, beginning));
    if (refused === null || NO_LONGER.has(refused.code)) return;
    const failure = stepFailure(refused.code, refused.message);
    await this.#record("beginStep", beginStep(step, failing(failure)));
  }

  async #beginning(step: StepNode, definition: PipelineStepDefinition, progress: Progress): Promise<Beginning> {
    if (definition.type === "run") return beginRun(this.#parts, step, definition, progress);
    if (definition.type === "decide") return beginDecide(step, definition, progress);
    if (definition.type === "ask") return beginAsk(definition, progress);
    if (definition.type === "watch") return beginWatch(definition, progress);
    if (definition.type === "withdraw") return beginWithdraw(this.#parts.reader, step, definition, progress);
    return beginDeploy(this.#parts.reader, step, definition, progress);
  }

  /** Runs first: should this stop in between, the steps are found open again. */
  async #drop({ steps, state }: Extract<Move, { kind: "drop" }>): Promise<void> {
    const runs = state === "CANCELLED" ? steps.flatMap(({ run, state: now }) => (now === "RUNNING" && run) || []) : [];
    const reason = "the pipeline run that it is a step of was cancelled";
    await Promise.all(runs.map((run) => this.#record("cancelRun", cancelRun({ run, reason }))));
    await this.#record("dropSteps", dropSteps(steps, state));
  }

  /** @throws what is no sign that somebody else was faster: the follower tries again later. */
  async #record<Answer extends Json>(mutation: string, useCase: UseCase<Answer>): Promise<void> {
    const refused = await this.#try(mutation, useCase);
    if (refused && !NO_LONGER.has(refused.code)) throw new Error(`${mutation}: ${refused.code}: ${refused.message}`);
  }

  async #try<Answer extends Json>(mutation: string, { heads, decide }: UseCase<Answer>) {
    // No derived key: the step's own state, read under the ledger's lock, says whether this was done before.
    const idempotencyKey = uuidv7();
    const inputDigest = digestOf({ idempotencyKey });
    const command = { principal: SYSTEM_AGENT, mutation, idempotencyKey, inputDigest, heads, decide };
    const recorded = await this.#parts.record(command);
    return recorded.ok ? null : recorded.errors[0]!;
  }
}

/** The newest decision on the model version that a step asks about. */
async function decisionOn(reader: NodeReader, { stepType, waitsFor }: StepNode): Promise<string | null> {
  if (stepType !== "ASK") return null;
  const filter = { types: [Decision.name], namespaces: null, parent: waitsFor! };
  return (await reader.list(filter, "NEWEST", null, 1))[0]?.id ?? null;
}
