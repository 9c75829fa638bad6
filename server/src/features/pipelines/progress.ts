import {
  type Failure,
  formatKey,
  type Json,
  type PipelineDefinition,
  type PipelineStepDefinition,
  type StepOutput,
  type StepSource,
  typeOfId,
} from "@clew/schema";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { HYPERPARAMETERS, Report, Run } from "../runs/index.ts";
import type { Definitions } from "./look-up-start.ts";
import type { PipelineView } from "./next-moves.ts";
import { PipelineVersion } from "./pipeline.node.ts";
import { CODE_ROLE, PIPELINE_ROLE } from "./start-pipeline.ts";
import { stepFailure } from "./step-outcome.ts";

type RunNode = NodeOf<typeof Run>;

/** Characters that the name of a policy may have. */
const POLICY_MAX = 200;

interface ProgressParts {
  readonly run: RunNode;
  readonly version: NodeOf<typeof PipelineVersion>;
  readonly definition: PipelineDefinition;
  readonly parameters: Readonly<Record<string, Json>>;
  /** The run of each step that has one, by the step's name. */
  readonly runs: ReadonlyMap<string, RunNode>;
  readonly reports: ReadonlyMap<string, NodeOf<typeof Report>>;
}

/** What a pipeline run has made so far: where the inputs of its next steps are. */
export class Progress {
  readonly #parts: ProgressParts;

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  get run(): RunNode {
    return this.#parts.run;
  }

  get definition(): PipelineDefinition {
    return this.#parts.definition;
  }

  get parameters(): Readonly<Record<string, Json>> {
    return this.#parts.parameters;
  }

  /** The CodeVersion that the pipeline run stands for. */
  get code(): string | null {
    return this.run.inputs.find(({ role }) => role === CODE_ROLE)?.id ?? null;
  }

  /** By which a step's decisions say what rule has decided. */
  policyOf(step: string): string {
    const { version } = this.#parts;
    const readable = `${formatKey(version, version.version)}#${step}`;
    return readable.length <= POLICY_MAX ? readable : `${version.id}#${step}`;
  }

  /** The ids of what a source gives; none where the step has not made it. */
  idsOf(source: StepSource): string[] {
    const ends = "input" in source ? this.run.inputs : (this.#parts.runs.get(source.step)?.outputs ?? []);
    const wanted = "input" in source ? source.input : source.output;
    return ends.flatMap(({ role, id }) => (role === wanted ? [id] : []));
  }

  /** The id of what a source gives that gives one thing; null as above. */
  idOf(source: StepSource): string | null {
    return this.idsOf(source)[0] ?? null;
  }

  /** The ids of the reports that a step requires, or why they do not let it begin. */
  required({ requires }: PipelineStepDefinition): { ids: string[] } | { failure: Failure } {
    for (const one of requires) {
      const verdict = this.#verdictOf(one);
      if (verdict !== "PASS")
        return {
          failure: stepFailure(
            "REPORT_NOT_PASSED",
            `the verdict of ${one.output} of the step ${one.step} is ${verdict}`,
          ),
        };
    }
    return { ids: this.reportsOf(requires) };
  }

  /** Those reports that were made. */
  reportsOf(requires: readonly StepOutput[]): string[] {
    return requires.flatMap((one) => this.idOf(one) ?? []);
  }

  #verdictOf(required: StepOutput): string {
    const id = this.idOf(required);
    return (id === null ? null : this.#parts.reports.get(id)?.verdict) ?? "none";
  }
}

/** Reads what the steps of a pipeline run have made. */
export async function progressOf(
  reader: NodeReader,
  definitions: Definitions,
  { run, steps }: PipelineView,
): Promise<Progress> {
  const made = steps.flatMap(({ run: child }) => child ?? []);
  const ofRun = run.inputs.flatMap(({ id, role }) => (role === PIPELINE_ROLE || role === HYPERPARAMETERS ? [id] : []));
  const nodes = new Map((await reader.byIds([...made, ...ofRun])).map((node) => [node.id, node]));
  const version = nodeOf(PipelineVersion, nodes.get(idIn(run, PIPELINE_ROLE))!);
  const parameters = nodes.get(idIn(run, HYPERPARAMETERS))!.attributes["parameters"] as Record<string, Json>;
  const runs = runsByStep(steps, nodes);
  const [definition, reports] = await Promise.all([definitions.of(version), reportsOf(reader, runs)]);
  return new Progress({ run, version, definition, parameters, runs, reports });
}

/** Every pipeline run has these. */
export function idIn({ inputs }: RunNode, role: string): string {
  return inputs.find((input) => input.role === role)!.id;
}

function runsByStep(steps: PipelineView["steps"], nodes: ReadonlyMap<string, NodeState>): Map<string, RunNode> {
  const found = steps.flatMap(({ name, run }) => {
    const node = run === null ? undefined : nodes.get(run);
    return node ? [[name, nodeOf(Run, node)] as const] : [];
  });
  return new Map(found);
}

async function reportsOf(reader: NodeReader, runs: ReadonlyMap<string, RunNode>) {
  const ids = [...runs.values()].flatMap(({ outputs }) => outputs.map(({ id }) => id));
  const found = await reader.byIds(ids.filter((id) => typeOfId(id) === Report.name));
  return new Map(found.map((node) => [node.id, nodeOf(Report, node)]));
}
