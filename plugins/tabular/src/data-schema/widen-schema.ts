import { DataSchema, type SchemaColumn } from "./data-schema.ts";
import { Inference } from "./infer-schema.ts";

const MAX_VALUES = Inference.parse({}).maxStringDomainSize;

/** As far as it is inferred from rows that were seen. */
interface Domain {
  min?: number;
  max?: number;
  values?: (number | string)[];
}

type Bounded = Pick<SchemaColumn, "presence"> & { domain?: Domain };

/** The schema of the rows of both, as if it had been inferred from all of them; what `seen` does not speak of stays as it was. */
export function widenSchema(before: DataSchema, seen: DataSchema): DataSchema {
  const columns = before.columns.map((column) => {
    const other = seen.columns.find(({ name, type }) => name === column.name && type === column.type);
    return other === undefined ? column : widen(column as Bounded, other as Bounded);
  });
  return DataSchema.parse({ ...before, columns });
}

function widen({ domain: ours, ...column }: Bounded, { domain: theirs, ...other }: Bounded): object {
  const { minFraction, minCount } = column.presence;
  const presence = { minFraction: Math.min(minFraction, other.presence.minFraction), minCount };
  // Of a column without a value the domain says nothing.
  if (other.presence.minCount === 0) return { ...column, presence, ...withDomain(ours) };
  if (minCount === 0)
    return { ...other, presence: { ...presence, minCount: other.presence.minCount }, ...withDomain(theirs) };
  return { ...column, presence, ...withDomain(widerDomain(ours, theirs)) };
}

function withDomain(domain: Domain | undefined) {
  return domain === undefined || Object.keys(domain).length === 0 ? {} : { domain };
}

/** A bound that one of them lacks is none. */
function widerDomain(ours: Domain | undefined, theirs: Domain | undefined): Domain | undefined {
  if (ours === undefined || theirs === undefined) return undefined;
  const { min, max, values, ...rest } = ours;
  const all = values && theirs.values && [...new Set([...values, ...theirs.values])].toSorted(ascending);
  return {
    ...rest,
    ...(min !== undefined && theirs.min !== undefined && { min: Math.min(min, theirs.min) }),
    ...(max !== undefined && theirs.max !== undefined && { max: Math.max(max, theirs.max) }),
    ...(all && all.length <= MAX_VALUES && { values: all }),
  };
}

function ascending(one: number | string, other: number | string): number {
  return one < other ? -1 : Number(one > other);
}
