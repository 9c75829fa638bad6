import { PluginFailure } from "@clew/plugin-sdk";
import { castOf, type ColumnType, countOf, fits, isTime, quoteText, readRows } from "@clew/plugin-tabular";
import { valueOf } from "./check-answer.ts";
import { type PartName, PARTS, type SplitParameters } from "./parameters.ts";
import { requireColumns } from "./rows-file.ts";
import { type Answer, bounds, type Part } from "./parts.ts";

type TimeSplit = Extract<SplitParameters, { by: "time" }>;

interface Cut {
  role: PartName;
  /** Microseconds since 1970, or the column's number. */
  at: number;
}

/**
 * The parts in the order of time, each from its cut on up to the next.
 * @throws {PluginFailure} BAD_PARAMETERS where the column is none of the answer's or a cut is no time, BAD_INPUT where it is no time or missing.
 */
export async function timeParts(answer: Answer, split: TimeSplit): Promise<Part[]> {
  requireColumns("split.column", [split.column], answer.columns);
  const column = answer.columns.find(({ name }) => name === split.column)!;
  if (!fits("time", column.type))
    throw new PluginFailure("BAD_INPUT", `column ${column.name} is ${column.type} and cannot be read as a time`);
  const time = castOf({ column: column.name, as: "time" }, column);
  const missing = await countOf(
    answer.database,
    `SELECT count(*) FROM ${answer.from} WHERE ${valueOf(column)} IS NULL`,
  );
  if (missing > 0) throw new PluginFailure("BAD_INPUT", `time column ${column.name} has rows without a time`);
  const cuts = split.cuts ? await givenCuts(answer, split.cuts, column) : await cutsByShare(answer, split, time);
  return ["train" as const, ...cuts.map(({ role }) => role)].map((role, index) => {
    const [from, to] = [cuts[index - 1]?.at, cuts[index]?.at];
    const conditions = [
      ...(from === undefined ? [] : [`${time} >= ${from}`]),
      ...(to === undefined ? [] : [`${time} < ${to}`]),
    ];
    return { role, condition: conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}` };
  });
}

async function givenCuts(
  { database }: Answer,
  cuts: NonNullable<TimeSplit["cuts"]>,
  column: ColumnType,
): Promise<Cut[]> {
  const found: Cut[] = [];
  for (const role of PARTS.slice(1) as ("validation" | "test")[]) {
    const cut = cuts[role];
    if (cut === undefined) continue;
    const text = `epoch_us(TRY_CAST(${quoteText(String(cut))} AS TIMESTAMPTZ))`;
    const at = isTime(column.type) ? (await readRows(database, `SELECT CAST(${text} AS DOUBLE)`))[0]?.[0] : cut;
    if (typeof at !== "number")
      throw new PluginFailure(
        "BAD_PARAMETERS",
        `split.cuts.${role}: ${cut} is no value of ${column.name}, which is ${column.type}`,
      );
    found.push({ role, at });
  }
  if (found.length === 2 && found[0]!.at >= found[1]!.at)
    throw new PluginFailure("BAD_PARAMETERS", "split.cuts: validation must begin before test");
  return found;
}

/** As the trainers hold out rows: those of the time at the cut belong to the later part. */
async function cutsByShare({ database, from, rows }: Answer, { shares }: TimeSplit, time: string): Promise<Cut[]> {
  const cuts: Cut[] = [];
  for (const { role, from: share } of bounds(shares!).slice(1)) {
    // Sums of shares are a little off: 0.7 and 0.1 of 10 rows are 8.
    const before = Math.min(rows - 1, Math.floor(share * rows + 1e-6));
    const found = await readRows(
      database,
      `SELECT ${time} AS moment FROM ${from} ORDER BY moment LIMIT 1 OFFSET ${before}`,
    );
    cuts.push({ role, at: Number(found[0]?.[0]) });
  }
  return cuts;
}
