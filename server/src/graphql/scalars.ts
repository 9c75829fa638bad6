import {
  checkExact,
  type MetricValue,
  MetricValue as MetricValueSchema,
  fromMetricValue,
  toMetricValue,
} from "@clew/schema";
import { GraphQLError, GraphQLScalarType, Kind, visit } from "graphql";
import { GraphQLJSON as AnyJSON } from "graphql-scalars";

/** Milliseconds since 1970 inside, RFC 3339 in UTC outside. */
export const GraphQLDateTime = new GraphQLScalarType<number, string>({
  name: "DateTime",
  description: "A time as RFC 3339 text in UTC with milliseconds.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  serialize: (value) => new Date(value as number).toISOString(),
  parseValue: (value) => parseTime(value),
  parseLiteral: (node) => parseTime(node.kind === Kind.STRING ? node.value : undefined),
});

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function parseTime(value: unknown): number {
  const [text, local] = (typeof value === "string" && RFC_3339.exec(value)) || [];
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  if (Number.isNaN(ms)) throw new GraphQLError("a DateTime is RFC 3339 text, as 2026-01-31T12:00:00.000Z");
  // Date.parse takes 30 February, and 24:00, for a time of the day after.
  if (!new Date(`${local}Z`).toISOString().startsWith(local!))
    throw new GraphQLError(`there is no ${local} in the calendar`);
  return ms;
}

/** Any JSON; a whole number in a document that would lose digits is refused, as the transports do for variables. */
export const GraphQLJSON = new GraphQLScalarType({
  ...AnyJSON.toConfig(),
  parseLiteral: (node, variables) => {
    visit(node, { IntValue: ({ value }) => checkExact(value, "JSON") });
    return AnyJSON.parseLiteral(node, variables);
  },
});

const SPECIAL = new Set(["NaN", "Infinity", "-Infinity"]);

/** A measured number, which JSON cannot hold when it is not finite. */
export const GraphQLMetricValue = new GraphQLScalarType<MetricValue, number | string>({
  name: "MetricValue",
  description: 'A measured number: a Float, or one of the strings "NaN", "Infinity" and "-Infinity".',
  serialize: (value) => {
    const number = fromMetricValue(MetricValueSchema.parse(value));
    return Number.isFinite(number) ? number : String(number);
  },
  parseValue: parseMetric,
  parseLiteral: (node) => {
    if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return parseMetric(Number(node.value));
    return parseMetric(node.kind === Kind.STRING ? node.value : undefined);
  },
});

function parseMetric(value: unknown): MetricValue {
  if (typeof value === "number") return toMetricValue(value);
  if (typeof value === "string" && SPECIAL.has(value)) return toMetricValue(Number(value));
  const tagged = MetricValueSchema.safeParse(value);
  if (tagged.success) return tagged.data;
  throw new GraphQLError('a MetricValue is a number, "NaN", "Infinity" or "-Infinity"');
}
