import { z } from "zod";
import { unwrapped } from "../core/marked-fields.ts";

/**
 * An input as its schema takes it. GraphQL lets every nullable field of an input be left out, or be null; zod wants null where a schema
 * is nullable, and nothing where it is optional.
 */
export function withFittingNulls(schema: z.ZodType, value: unknown): unknown {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodArray && Array.isArray(value))
    return value.map((one) => withFittingNulls(bare.element as z.ZodType, one));
  if (!(bare instanceof z.ZodObject) || typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value as Record<string, unknown>);
  for (const [name, field] of Object.entries(bare.shape))
    if (!Object.hasOwn(value, name) && !field.isOptional() && field.isNullable()) fields.push([name, null]);
  return Object.fromEntries(
    fields.flatMap(([name, one]) => fitted(bare.shape[name] as z.ZodType | undefined, name, one)),
  );
}

function fitted(field: z.ZodType | undefined, name: string, value: unknown): [string, unknown][] {
  if (field === undefined) return [[name, value]];
  if (value === null && !field.isNullable() && field.isOptional()) return [];
  return [[name, withFittingNulls(field, value)]];
}
