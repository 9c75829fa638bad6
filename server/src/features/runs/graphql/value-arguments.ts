import { type Json, type MetricValue } from "@clew/schema";
import { Field, Float, InputType, registerEnumType } from "type-graphql";
import { statedValue, VALUE_NAME_MAX, VALUE_TEXT_MAX } from "../../../core/stated-value.ts";
import { clientError } from "../../../graphql/errors.ts";
import { listable, type Principal } from "../../../graphql/principal.ts";
import { GraphQLJSON, GraphQLMetricValue } from "../../../graphql/scalars.ts";
import type { RankDirection } from "../../../ports/node-ranks.ts";
import type { NumberRange, ValueCondition, ValueSource } from "../../../ports/value-condition.ts";
import { HyperparameterSet, ModelVersion } from "../../catalog/index.ts";
import { Report } from "../report.node.ts";
import { HYPERPARAMETERS } from "../run.node.ts";

const RankDirectionEnum = { ASC: "ASC", DESC: "DESC" } as const;
registerEnumType(RankDirectionEnum, { name: "RankDirection" });

@InputType("ValueRangeInput")
class RangeFilter {
  @Field(() => String)
  name!: string;

  @Field(() => Float, { nullable: true })
  lessThan?: number | null;

  @Field(() => Float, { nullable: true })
  atMost?: number | null;

  @Field(() => Float, { nullable: true })
  greaterThan?: number | null;

  @Field(() => Float, { nullable: true })
  atLeast?: number | null;
}

@InputType("ParameterFilterInput", { description: "Everything that is given must hold of one hyperparameter." })
export class ParameterFilter extends RangeFilter {
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: 'A number, a text, true, false, an array, or {"$int64": "…"}.',
  })
  equals?: unknown;

  @Field(() => [GraphQLJSON], { nullable: true, description: "One of these." })
  in?: unknown[] | null;
}

@InputType("MetricFilterInput", { description: "Everything that is given must hold of one metric." })
export class MetricFilter extends RangeFilter {
  @Field(() => GraphQLMetricValue, { nullable: true })
  equals?: MetricValue | null;
}

@InputType("MetricOrderInput", {
  description: "Only what has the metric is listed. Equal numbers: the newest first where the largest is; NaN is last.",
})
export class MetricOrder {
  @Field(() => String)
  name!: string;

  @Field(() => RankDirectionEnum, { defaultValue: "DESC" })
  direction!: RankDirection;
}

const OF_PARAMETERS: readonly ValueSource[] = [{ type: HyperparameterSet.name, link: { namedBy: HYPERPARAMETERS } }];
/** Those of the reports that the run made, and of the model versions. */
const OF_RUN_METRICS: readonly ValueSource[] = [
  { type: Report.name, link: { field: "parent" } },
  { type: ModelVersion.name, link: { field: "generatedBy" } },
];
const OF_REPORT_METRICS: readonly ValueSource[] = [{ type: Report.name, link: "itself" }];

interface Asked {
  readonly parameters?: readonly ParameterFilter[] | null;
  readonly metrics?: readonly MetricFilter[] | null;
}

/** What is asked of runs. @throws INVALID_INPUT with the path of the field. */
export function runValues({ parameters, metrics }: Asked, principal: Principal): readonly ValueCondition[] {
  return [
    ...conditions("parameters", parameters, OF_PARAMETERS, principal),
    ...conditions("metrics", metrics, OF_RUN_METRICS, principal),
  ];
}

export function reportValues({ metrics }: Asked, principal: Principal): readonly ValueCondition[] {
  return conditions("metrics", metrics, OF_REPORT_METRICS, principal);
}

/** That there is a metric of this name. */
export function hasMetric(name: string): ValueCondition {
  return { sources: OF_REPORT_METRICS, namespaces: null, name };
}

/** @throws INVALID_INPUT where no value can have this name. */
export function checkName(name: string, path: readonly string[]): void {
  if (name === "" || name.length > VALUE_NAME_MAX) throw invalid(path, `must be 1 to ${VALUE_NAME_MAX} characters`);
}

type Filter = RangeFilter & { readonly equals?: unknown; readonly in?: unknown[] | null };

function conditions(
  argument: string,
  filters: readonly Filter[] | null | undefined,
  sources: readonly ValueSource[],
  principal: Principal,
): ValueCondition[] {
  return (filters ?? []).map((filter, index) => {
    const path = [argument, String(index)];
    checkName(filter.name, [...path, "name"]);
    return { sources, namespaces: listable(principal), name: filter.name, ...tests(filter, path) };
  });
}

function tests(filter: Filter, path: readonly string[]): Pick<ValueCondition, "oneOf" | "range"> {
  const range = rangeOf(filter);
  const equal = filter.equals == null ? null : [one(filter.equals, [...path, "equals"])];
  const any = filter.in == null ? null : filter.in.map((value, n) => one(value, [...path, "in", String(n)]));
  if (equal === null && any === null) {
    if (Object.keys(range).length === 0)
      throw invalid(path, "must say what the value is to be, as equals or greaterThan");
    return { range };
  }
  // Of few values what holds is known here.
  const isIn = (value: Value) =>
    any?.some(({ number, text }) => number === value.number && text === value.text) ?? true;
  return { oneOf: (equal ?? any)!.filter((value) => isIn(value) && isWithin(value, range)) };
}

type Value = NonNullable<ValueCondition["oneOf"]>[number];

function one(value: unknown, path: readonly string[]): Value {
  const { number, text } = statedValue("", value as Json);
  if (number === null && typeof value === "object" && !Array.isArray(value) && text !== "NaN")
    throw invalid(path, "must be no object: name what is in it, as optimizer.learning_rate");
  if (text.length >= VALUE_TEXT_MAX && text.endsWith("…"))
    throw invalid(path, `must have at most ${VALUE_TEXT_MAX} characters: nothing longer can be looked for`);
  return { number, text };
}

function rangeOf({ greaterThan, atLeast, lessThan, atMost }: RangeFilter): NumberRange {
  const given = Object.entries({ above: greaterThan, atLeast, below: lessThan, atMost });
  return Object.fromEntries(given.filter(([, number]) => number != null));
}

function isWithin({ number }: Value, range: NumberRange): boolean {
  if (Object.keys(range).length === 0) return true;
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity } = range;
  return number !== null && number > above && number >= atLeast && number < below && number <= atMost;
}

function invalid(path: readonly string[], message: string) {
  return clientError("INVALID_INPUT", `${path.join(".")} ${message}`, { path });
}

/** A ranked number as GraphQL shows it. */
export function rankedNumber(number: number | null): MetricValue {
  if (number === null) return { $number: "NaN" };
  if (Math.abs(number) < Number.MAX_VALUE) return number;
  return { $number: number > 0 ? "Infinity" : "-Infinity" };
}
