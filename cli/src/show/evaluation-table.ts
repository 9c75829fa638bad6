import { table } from "../terminal/columns.ts";
import { metric } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";

type Value = number | string;
type Metrics = readonly { readonly name: string; readonly value: Value }[];

const GAIN = "gain_over_";

interface Comparison {
  readonly metric: string;
  readonly baseline: string;
}

/**
 * A model beside its baselines, from a report's flat metrics: `roc_auc` with `_low` and `_high`, `<baseline>_roc_auc`, and
 * `gain_over_<baseline>_roc_auc` with `_low` and `_high`, a paired interval of how much better the model is. Empty without baselines.
 */
export function evaluationTable(metrics: Metrics, paint: Paint): string[] {
  const values = new Map(metrics.map(({ name, value }) => [name, value]));
  const compared = comparisonsIn([...values.keys()]);
  if (compared.length === 0) return [];
  const rows = compared.map(({ metric: name, baseline }) => [
    clean(name),
    withInterval(values, name),
    clean(baseline),
    valueOf(values, `${baseline}_${name}`),
    paintedGain(values, `${GAIN}${baseline}_${name}`, paint),
  ]);
  const right = (title: string) => ({ title, align: "right" }) as const;
  return table(
    [{ title: "metric" }, right("model"), { title: "baseline" }, right("its value"), right("gain")],
    rows,
    paint,
  );
}

/** Both parts of a gain's name may hold underscores: the metric is what stands alone as a metric, too. */
function comparisonsIn(names: readonly string[]): Comparison[] {
  const plain = names.filter((name) => !name.startsWith(GAIN));
  const gains = names.filter((name) => name.startsWith(GAIN) && !/_(low|high)$/.test(name));
  const found = gains.flatMap((name) => {
    const rest = name.slice(GAIN.length);
    const pair = plain
      .map((metricName) => ({ metric: metricName, baseline: rest.slice(0, -metricName.length - 1) }))
      .find(({ metric: m, baseline }) => rest === `${baseline}_${m}` && plain.includes(`${baseline}_${m}`));
    return pair === undefined ? [] : [pair];
  });
  const order = [...new Set(found.map((one) => one.metric))];
  return order.flatMap((name) => found.filter((one) => one.metric === name));
}

function valueOf(values: ReadonlyMap<string, Value>, name: string): string {
  const value = values.get(name);
  return value === undefined ? "" : metric(value);
}

/** "0.71 [0.68, 0.74]". */
function withInterval(values: ReadonlyMap<string, Value>, name: string): string {
  const [low, high] = [values.get(`${name}_low`), values.get(`${name}_high`)];
  const value = valueOf(values, name);
  return low === undefined || high === undefined ? value : `${value} [${metric(low)}, ${metric(high)}]`;
}

/** Green where the whole interval is above 0, red where it is below. */
function paintedGain(values: ReadonlyMap<string, Value>, name: string, paint: Paint): string {
  const text = withInterval(values, name);
  if (Number(values.get(`${name}_low`)) > 0) return paint("green", text);
  return Number(values.get(`${name}_high`)) < 0 ? paint("red", text) : text;
}

/** The metrics that stand for themselves, their intervals beside them; those of a comparison are in its own table. */
export function metricRows(metrics: Metrics): string[][] {
  const values = new Map(metrics.map(({ name, value }) => [name, value]));
  const names = [...values.keys()];
  const compared = new Set(
    comparisonsIn(names).flatMap(({ metric: m, baseline }) => [`${baseline}_${m}`, `${GAIN}${baseline}_${m}`]),
  );
  const isBound = (name: string) => {
    const base = name.replace(/_(low|high)$/, "");
    return base !== name && values.has(`${base}_low`) && values.has(`${base}_high`) && values.has(base);
  };
  return names
    .filter((name) => !compared.has(name) && !isBound(name))
    .map((name) => [clean(name), withInterval(values, name)]);
}

const HEADLINES = 3;

/** The few metrics that say most, as "roc_auc 0.71 [0.7, 0.72]": those with an interval first. */
export function headlines(metrics: Metrics): string[] {
  const rows = metricRows(metrics).map((row) => row.join(" "));
  const measured = rows.filter((text) => text.endsWith("]"));
  return [...measured, ...rows.filter((text) => !measured.includes(text))].slice(0, HEADLINES);
}
