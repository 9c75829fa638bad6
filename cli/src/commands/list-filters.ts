import {
  AlertSeverity,
  AlertState,
  DecisionType,
  DeploymentState,
  ModelVersionState,
  ReportType,
  RiskTier,
  RunKind,
  RunState,
  RunType,
  TriggerState,
  UseCaseState,
  Verdict,
} from "@clew/schema";
import type { Command } from "commander";
import {
  collect,
  type Condition,
  type MetricOrder,
  type Pair,
  parseCondition,
  parseList,
  parseMetricOrder,
  parsePair,
  parseTime,
} from "../arguments.ts";
import { UsageError } from "../errors.ts";

/** What `clew ls` was told to list only. */
export interface ListFlags {
  readonly namespace?: string;
  readonly tag?: readonly Pair[];
  readonly name?: string;
  readonly since?: string;
  readonly until?: string;
  readonly order?: string;
  readonly state?: readonly string[];
  readonly type?: readonly string[];
  readonly kind?: readonly string[];
  readonly verdict?: readonly string[];
  readonly severity?: readonly string[];
  readonly plugin?: string;
  readonly agent?: string;
  readonly triggeredBy?: string;
  readonly about?: string;
  readonly run?: string;
  readonly of?: string;
  readonly risk?: readonly string[];
  readonly owner?: string;
  readonly parameter?: readonly Condition[];
  readonly metric?: readonly Condition[];
  readonly orderByMetric?: MetricOrder;
}
type Flag = keyof ListFlags;

/** A flag's variable in the list's query, and the words that it takes, where they are few. */
type Filter = string | readonly [variable: string, words: readonly string[]];
type Filters = Partial<Record<Flag, Filter>>;

const ANY: Filters = { since: "since", until: "until", order: ["orderBy", ["NEWEST", "OLDEST", "NAME"]] };
const NAMED: Filters = { ...ANY, name: "nameContains" };
const TAGGED: Filters = { ...NAMED, namespace: "namespace", tag: "tags" };
const ATTRIBUTED: Filters = { ...TAGGED, agent: "agent" };
const AGENT_KINDS = ["USER", "SERVICE", "RUNNER", "TEAM"];

/** By what each list is filtered; what no list knows is in none. */
const FILTERS: Readonly<Record<string, Filters>> = {
  datasets: TAGGED,
  "dataset-versions": { ...ATTRIBUTED, of: "dataset" },
  models: TAGGED,
  "model-versions": { ...TAGGED, of: "model", state: ["states", ModelVersionState.options] },
  repositories: TAGGED,
  "code-versions": { ...ATTRIBUTED, of: "repository" },
  pipelines: TAGGED,
  "pipeline-versions": { ...ATTRIBUTED, of: "pipeline" },
  "hyperparameter-sets": { ...ANY, tag: "tags" },
  environments: { ...ANY, tag: "tags" },
  runs: {
    ...ATTRIBUTED,
    state: ["states", RunState.options],
    type: ["runTypes", RunType.options],
    kind: ["kinds", RunKind.options],
    plugin: "plugin",
    triggeredBy: "triggeredBy",
    parameter: "parameters",
    metric: "metrics",
  },
  reports: {
    ...TAGGED,
    type: ["reportTypes", ReportType.options],
    verdict: ["verdicts", Verdict.options],
    about: "about",
    run: "run",
    plugin: "plugin",
    metric: "metrics",
    orderByMetric: "orderByMetric",
  },
  endpoints: ATTRIBUTED,
  deployments: { ...ATTRIBUTED, of: "endpoint", state: ["states", DeploymentState.options] },
  decisions: { ...ATTRIBUTED, type: ["decisionTypes", DecisionType.options], about: "about" },
  alerts: {
    ...ATTRIBUTED,
    state: ["states", AlertState.options],
    severity: ["severities", AlertSeverity.options],
    about: "about",
  },
  "use-cases": {
    ...ATTRIBUTED,
    state: ["states", UseCaseState.options],
    risk: ["riskTiers", RiskTier.options],
    owner: "owner",
  },
  triggers: { ...ATTRIBUTED, state: ["states", TriggerState.options] },
  agents: { ...NAMED, kind: ["kinds", AGENT_KINDS] },
  runners: NAMED,
  plugins: NAMED,
};

/** Adds the flags to a command. */
export function withFilters(command: Command): Command {
  return command
    .option("--namespace <namespace>", "only this namespace")
    .option("--tag <name=value>", "only what has this tag; may be repeated", collect(parsePair))
    .option("--name <text>", "only names that hold this text")
    .option("--since <time>", "only what was recorded from this time on", parseTime)
    .option("--until <time>", "only what was recorded before this time", parseTime)
    .option(
      "--state <states>",
      "only these states of runs, model versions, deployments, alerts, use cases, triggers: FAILED,CANCELLED",
      parseList,
    )
    .option("--type <types>", "only these types of runs, reports, decisions: TRAINING,TUNING", parseList)
    .option("--kind <kinds>", "only these kinds of runs (TASK, SERVICE) or agents (USER, SERVICE, …)", parseList)
    .option("--plugin <name>", "only runs of this plugin, or their reports")
    .option("--agent <agent>", "only what this agent established, by id or name")
    .option("--triggered-by <node>", "only runs that this led to, by id or key")
    .option("--verdict <verdicts>", "only reports with these verdicts: FAIL", parseList)
    .option("--severity <severities>", "only alerts of these severities: CRITICAL", parseList)
    .option("--about <node>", "only reports, decisions, alerts about this, by id or key")
    .option("--risk <tiers>", "only use cases of these risk tiers: HIGH", parseList)
    .option("--owner <agent>", "only use cases that this person or team answers for, by id or name")
    .option("--run <run>", "only reports of this run")
    .option(
      "--of <asset>",
      "only versions of this dataset, model or repository, deployments of this endpoint, by id or key",
    )
    .option(
      "--parameter <name=value>",
      "only runs with this parameter: lr=0.01, optimizer.momentum>0.5; may be repeated",
      collect(parseCondition),
    )
    .option(
      "--metric <name=value>",
      "only runs and reports with this metric: 'roc_auc>0.64'; may be repeated",
      collect(parseCondition),
    )
    .option(
      "--order-by-metric <name>",
      "reports by this metric, the largest first; loss:asc the smallest",
      parseMetricOrder,
    )
    .option("--order <order>", "newest, oldest or name");
}

/**
 * The variables that these flags are in a list's query.
 * @throws {UsageError} for a flag that the list does not know: it would seem to have found everything.
 */
export function variablesOf(what: string, flags: ListFlags): Readonly<Record<string, unknown>> {
  const filters = FILTERS[what] ?? {};
  const given = Object.entries(flags).filter(([flag]) => FLAGS.has(flag)) as [Flag, unknown][];
  return Object.fromEntries(given.map(([flag, value]) => variableOf(what, flag, value, filters[flag])));
}

const FLAGS: ReadonlySet<string> = new Set(Object.values(FILTERS).flatMap((filters) => Object.keys(filters)));

function variableOf(what: string, flag: Flag, value: unknown, filter: Filter | undefined): [string, unknown] {
  if (filter === undefined) throw new UsageError(`${what} are not listed by ${optionOf(flag)}: leave it out`);
  if (flag === "tag")
    return ["tags", (value as readonly Pair[]).map(({ name: key, value: text }) => ({ key, value: text }))];
  if (typeof filter === "string") return [filter, value];
  const [variable, words] = filter;
  if (typeof value === "string") return [variable, wordOf(flag, value, words)];
  return [variable, (value as readonly string[]).map((word) => wordOf(flag, word, words))];
}

/** Values of an enum that a flag takes. */
export function upperWords<Word extends string>(flag: Flag, texts: readonly string[], words: readonly Word[]): Word[] {
  return texts.map((text) => wordOf(flag, text, words));
}

/** An enum's value, in whichever case it was typed. */
function wordOf<Word extends string>(flag: Flag, text: string, words: readonly Word[]): Word {
  const word = text.toUpperCase().replaceAll("-", "_");
  const known = words.find((one) => one === word);
  if (known !== undefined) return known;
  throw new UsageError(`${optionOf(flag)} is one of ${words.join(", ")}, and not ${text}`);
}

function optionOf(flag: Flag): string {
  return `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
