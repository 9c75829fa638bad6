import {
  type DecideStep,
  type Failure,
  formatKey,
  type Json,
  type PipelineDefinition,
  type StepOutput,
  type StepSource,
  typeOfId,
  type Verdict,
  WATCHED,
} from "@clew/schema";
import { type EdgeEnd, type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { HYPERPARAMETERS, Report, Run } from "../runs/index.ts";
import type { Definitions } from "./look-up-start.ts";
import type { PipelineView } from "./next-moves.ts";
import { PipelineVersion } from "./pipeline.node.ts";
import { CODE_ROLE, PIPELINE_ROLE } from "./start-pipeline.ts";
import { stepFailure, type StepNode } from "./step-outcome.ts";
import { ruleIn } from "./report-rule.ts";

type RunNode = NodeOf<typeof Run>;

/** Characters that the name of a policy may have. */
const POLICY_MAX = 200;

interface ProgressParts {
  readonly run: RunNode;
  readonly version: NodeOf<typeof PipelineVersion>;
  readonly definition: PipelineDefinition;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly steps: PipelineView["steps"];
  /** What each step has made, by the step's name. */
  readonly made: ReadonlyMap<string, readonly EdgeEnd[]>;
  readonly reports: ReadonlyMap<string, NodeOf<typeof Report>>;
  /** What the rule has come to that a step watches, by the step's name. */
  readonly rules: ReadonlyMap<string, Verdict | null>;
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
    const ends = "input" in source ? this.run.inputs : (this.#parts.made.get(source.step) ?? []);
    const wanted = "input" in source ? source.input : source.output;
    return ends.flatMap(({ role, id }) => (role === wanted ? [id] : []));
  }

  /** The id of what a source gives that gives one thing; null as above. */
  idOf(source: StepSource): string | null {
    return this.idsOf(source)[0] ?? null;
  }

  get steps(): PipelineView["steps"] {
    return this.#parts.steps;
  }

  /** What a step that deploys has made its endpoint serve. */
  deploymentOf(step: string): string {
    return this.#parts.steps.find(({ name }) => name === step)!.deployment!;
  }

  /** The ids of the reports that a step requires, or why they do not let it begin. */
  required({ requires }: Pick<DecideStep, "requires">): { ids: string[] } | { failure: Failure } {
    for (const one of requires) {
      const verdict = this.#verdictOf(one);
      if (verdict !== "PASS")
        return {
          failure: stepFailure("REPORT_NOT_PASSED", `${this.#judgedBy(one)} of the step ${one.step} is ${verdict}`),
        };
    }
    return { ids: this.reportsOf(requires) };
  }

  /** Those reports that were made. */
  reportsOf(requires: readonly StepOutput[]): string[] {
    return requires.flatMap((one) => this.idOf(one) ?? []);
  }

  #judgedBy({ step, output }: StepOutput): string {
    const rule = watchedRule(this.definition, step);
    return rule === null ? `the verdict of ${output}` : `the rule ${rule} in ${output}`;
  }

  /** A report that was watched for a rule is judged by that rule, which is said there and nowhere else. */
  #verdictOf(required: StepOutput): string {
    if (watchedRule(this.definition, required.step) !== null) return this.#parts.rules.get(required.step) ?? "none";
    const id = this.idOf(required);
    return (id === null ? null : this.#parts.reports.get(id)?.verdict) ?? "none";
  }
}

/** Reads what the steps of a pipeline run have made. */
export async function progressOf(
  reader: NodeReader,
  definitions: Definitions,
  { run, steps, found }: PipelineView,
): Promise<Progress> {
  const ofSteps = steps.flatMap(({ run: child }) => child ?? []);
  const ofRun = run.inputs.flatMap(({ id, role }) => (role === PIPELINE_ROLE || role === HYPERPARAMETERS ? [id] : []));
  const nodes = new Map((await reader.byIds([...ofSteps, ...ofRun])).map((node) => [node.id, node]));
  const version = nodeOf(PipelineVersion, nodes.get(idIn(run, PIPELINE_ROLE))!);
  const parameters = nodes.get(idIn(run, HYPERPARAMETERS))!.attributes["parameters"] as Record<string, Json>;
  const made = new Map(steps.map((step) => [step.name, madeBy(step, nodes, found)]));
  const [definition, reports] = await Promise.all([definitions.of(version), reportsOf(reader, made)]);
  const rules = await rulesWatched(reader, definition, made, reports);
  return new Progress({ run, version, definition, parameters, steps, made, reports, rules });
}

/** Every pipeline run has these. */
export function idIn({ inputs }: RunNode, role: string): string {
  return inputs.find((input) => input.role === role)!.id;
}

/** What was found but not yet noted counts: the steps behind it begin together with that. */
function madeBy(
  { name, run, report: noted }: StepNode,
  nodes: ReadonlyMap<string, NodeState>,
  found: PipelineView["found"],
): readonly EdgeEnd[] {
  const node = run === null ? undefined : nodes.get(run);
  const report = noted ?? found.get(name)?.report ?? null;
  return [...(node ? nodeOf(Run, node).outputs : []), ...(report === null ? [] : [{ id: report, role: WATCHED }])];
}

async function reportsOf(reader: NodeReader, made: ReadonlyMap<string, readonly EdgeEnd[]>) {
  const ids = [...made.values()].flatMap((ends) => ends.map(({ id }) => id));
  const found = await reader.byIds(ids.filter((id) => typeOfId(id) === Report.name));
  return new Map(found.map((node) => [node.id, nodeOf(Report, node)]));
}

function watchedRule({ steps }: PipelineDefinition, name: string): string | null {
  const step = steps[name];
  return step?.type === "watch" ? (step.rule ?? null) : null;
}

async function rulesWatched(
  reader: NodeReader,
  definition: PipelineDefinition,
  made: ReadonlyMap<string, readonly EdgeEnd[]>,
  reports: ReadonlyMap<string, NodeOf<typeof Report>>,
): Promise<Map<string, Verdict | null>> {
  const found = [...made].flatMap(([name, [end]]) => {
    const rule = watchedRule(definition, name);
    const report = rule === null || end === undefined ? undefined : reports.get(end.id);
    return report ? [ruleIn(reader, report, rule!).then((outcome) => [name, outcome] as const)] : [];
  });
  return new Map(await Promise.all(found));
}
