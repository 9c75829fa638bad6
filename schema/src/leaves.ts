import type { Json } from "./canonical-json.ts";

/**
 * The leaves of nested JSON in the order of RFC 8785, each by the names that lead to it: `optimizer.learning_rate`. An array is a leaf, and so is
 * a tagged number; an object without members is none.
 */
export function* leavesOf(value: Json, name = ""): Generator<readonly [name: string, leaf: Json]> {
  if (!isNested(value)) yield [name, value];
  else for (const key of Object.keys(value).sort()) yield* leavesOf(value[key]!, name === "" ? key : `${name}.${key}`);
}

function isNested(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && taggedNumber(value) === undefined;
}

/** The number in `{"$int64": "…"}` or `{"$number": "…"}`, as text; undefined where the value is no such object. */
export function taggedNumber(value: Json): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { $int64, $number, ...others } = value as { readonly [key: string]: Json };
  const text = $int64 ?? $number;
  return typeof text === "string" && Object.keys(others).length === 0 ? text : undefined;
}
