import type { AbReading } from "@clew/plugin-ab-test";
import { type GateRuleOutcome, type ReportSaid, type Verdict, toMetricValue, toMetricValues } from "@clew/plugin-sdk";
import { windowMetrics } from "./drift-report.ts";
import { short } from "./findings.ts";
import type { AbSettings } from "./settings.ts";
import type { Window } from "./window.ts";

/** One of two live models. */
export interface Arm {
  /** The model version's id. */
  readonly model: string;
  /** Rows that it has answered, labelled or not. */
  readonly answered: number;
}

/** What is told of a window. */
export interface AbWindow extends Pick<Window, "name" | "startMs" | "endMs"> {
  readonly isSample: boolean;
}

export interface AbReported {
  readonly deployment: string;
  /** Two, in the order in which the reading has them. */
  readonly arms: readonly Arm[];
  readonly reading: AbReading;
  readonly window: AbWindow;
  readonly settings: AbSettings;
  /** The model version that the other is held against; where it is none of the two, that which has answered more rows is. */
  readonly champion: string | null;
}

type Decision = "CHALLENGER_BETTER" | "CHAMPION_BETTER" | "NO_RELEVANT_DIFFERENCE" | "CONTINUE";

/** What a test says of who is better, told of the challenger: differences are its mean less the champion's. */
interface Told extends Omit<AbReading, "outcome" | "first" | "second"> {
  readonly decision: Decision;
  readonly champion: AbReading["first"] & Arm;
  readonly challenger: AbReading["first"] & Arm;
}

/** Only a challenger that is better is worth a change. */
const VERDICTS: Readonly<Record<Decision, Verdict>> = {
  CHALLENGER_BETTER: "PASS",
  CHAMPION_BETTER: "FAIL",
  NO_RELEVANT_DIFFERENCE: "FAIL",
  CONTINUE: "NOT_ENOUGH_DATA",
};

/** The name of the report's rule, which a pipeline may wait for. */
const AB_RULE = "challenger is better";

export function abReport(given: AbReported): ReportSaid {
  const { deployment, window, settings } = given;
  const told = tell(given);
  const { champion, challenger } = told;
  return {
    reportType: "AB_TEST",
    verdict: VERDICTS[told.decision],
    metrics: toMetricValues({ ...windowMetrics(window), ...abMetrics(told, window, settings) }),
    slices: [
      { slice: { arm: "champion", model: champion.model }, ...armOf(champion, settings) },
      { slice: { arm: "challenger", model: challenger.model }, ...armOf(challenger, settings) },
    ],
    rules: [ruleOf(told, settings)],
    about: [deployment, champion.model, challenger.model],
  };
}

function tell({ arms, reading, champion }: AbReported): Told {
  const [one, other] = [
    { ...arms[0]!, ...reading.first },
    { ...arms[1]!, ...reading.second },
  ];
  const { difference, low, high, outcome, ...rest } = reading;
  const isOther = champion === other.model || (champion !== one.model && other.answered > one.answered);
  if (!isOther)
    return { ...rest, difference, low, high, decision: DECISIONS[outcome], champion: one, challenger: other };
  const turned = { difference: -difference, low: -high, high: -low, decision: TURNED[outcome] };
  return { ...rest, ...turned, champion: other, challenger: one };
}

const SAME = { NO_RELEVANT_DIFFERENCE: "NO_RELEVANT_DIFFERENCE", CONTINUE: "CONTINUE" } as const;
const DECISIONS = { ...SAME, FIRST_BETTER: "CHAMPION_BETTER", SECOND_BETTER: "CHALLENGER_BETTER" } as const;
const TURNED = { ...SAME, FIRST_BETTER: "CHALLENGER_BETTER", SECOND_BETTER: "CHAMPION_BETTER" } as const;

function abMetrics(
  { champion, challenger, difference, low, high, pValue, decidedAt }: Told,
  { isSample }: AbWindow,
  { options: { alpha, margin } }: AbSettings,
): Record<string, number> {
  return {
    rows: champion.rows + challenger.rows,
    champion_rows: champion.rows,
    challenger_rows: challenger.rows,
    champion_mean: champion.mean,
    challenger_mean: challenger.mean,
    difference,
    difference_low: low,
    difference_high: high,
    p_value: pValue,
    alpha,
    ...(margin !== null && { margin }),
    ...(decidedAt !== null && { decided_at: decidedAt }),
    is_sample: Number(isSample),
  };
}

function armOf({ rows, mean }: Told["champion"], { outcome }: AbSettings) {
  return { count: rows, metrics: toMetricValues({ [outcome]: mean }), intervals: {} };
}

/** Its value is a gain, as of a gate against a baseline: so much less of a loss the challenger makes. */
function ruleOf(told: Told, settings: AbSettings): GateRuleOutcome {
  const { difference, low, high, pValue, champion, challenger } = told;
  return {
    rule: AB_RULE,
    kind: "BETTER_THAN_BASELINE",
    metric: settings.outcome,
    where: [],
    value: Number.isNaN(difference) ? null : toMetricValue(-difference),
    low: toMetricValue(-high),
    high: toMetricValue(-low),
    count: champion.rows + challenger.rows,
    bound: 0,
    pValue: toMetricValue(pValue),
    adjustedPValue: null,
    outcome: VERDICTS[told.decision],
    message: wordsOf(told, settings),
  };
}

function wordsOf({ decision, champion, challenger, difference, low, high, decidedAt }: Told, settings: AbSettings) {
  const { outcome, options } = settings;
  const arm = (name: string, { model, mean, rows }: Told["champion"]) =>
    `${short(mean)} of the ${name} ${model} on ${rows} rows`;
  const known = Number.isNaN(difference)
    ? ""
    : `; a difference of ${short(difference)} (${short(low)} to ${short(high)})`;
  const within = options.margin === null ? "" : `, where less than ${options.margin} does not matter`;
  const at = decidedAt === null ? "" : `; decided after ${decidedAt} rows`;
  return `${decision}: ${outcome} is ${arm("champion", champion)}, ${arm("challenger", challenger)}${known}${within}${at}`;
}
