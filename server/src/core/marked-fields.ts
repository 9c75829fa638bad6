import type { Json } from "@clew/schema";
import { z } from "zod";

/** Where a payload holds a marked field: `steps` lead to the objects whose `field` it is. */
export interface FieldPath {
  readonly steps: readonly string[];
  readonly field: string;
}

/** An object of a payload. */
export type Holder = Readonly<Record<string, Json>>;

/** Every element of an array, every value of a record. */
const EACH = "*";

/**
 * The fields of a payload's schema that `markOf` knows, with what it answers for them.
 * @throws when a field is marked where its path depends on the value, as in a union.
 */
export function markedFields<Mark>(
  schema: z.ZodType,
  markOf: (schema: z.ZodType) => Mark | null,
): readonly (FieldPath & { readonly mark: Mark })[] {
  const seen = new Set<z.ZodType>();

  function* within(child: z.ZodType, steps: readonly string[]): Iterable<FieldPath & { mark: Mark }> {
    if (markOf(child) !== null) throw misplaced(steps);
    const bare = unwrapped(child);
    if (bare instanceof z.ZodObject) yield* withinObject(bare, steps);
    else if (bare instanceof z.ZodArray) yield* within(bare.element as z.ZodType, [...steps, EACH]);
    else if (bare instanceof z.ZodRecord) yield* within(bare.valueType as z.ZodType, [...steps, EACH]);
    else if (!seen.has(bare)) {
      seen.add(bare);
      for (const part of parts(bare)) for (const { field } of within(part, steps)) throw misplaced([...steps, field]);
    }
  }

  function* withinObject({ shape }: z.ZodObject, steps: readonly string[]): Iterable<FieldPath & { mark: Mark }> {
    for (const [field, child] of Object.entries(shape)) {
      const mark = markOf(child as z.ZodType);
      if (mark === null) yield* within(child as z.ZodType, [...steps, field]);
      else yield { steps, field, mark };
    }
  }

  return [...within(schema, [])];
}

function misplaced(path: readonly string[]): Error {
  return new Error(`a marked field must be a field of objects, and not of one of several kinds: ${path.join(".")}`);
}

/** Schemas of which a value fits one or all. */
function parts(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options as readonly z.ZodType[];
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right] as z.ZodType[];
  if (schema instanceof z.ZodTuple) return schema.def.items as readonly z.ZodType[];
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out] as z.ZodType[];
  if (schema instanceof z.ZodLazy) return [schema.unwrap() as z.ZodType];
  return [];
}

/** A schema without what makes it optional, nullable, read-only or gives it a default. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapper =
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly;
  return isWrapper ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

/** What a payload has at a path: each value, the object that has it, and its place as an RFC 6901 pointer. */
export function* valuesAt(
  payload: Json,
  { steps, field }: FieldPath,
  at = "",
): Iterable<{ value: Json; holder: Holder; at: string }> {
  if (typeof payload !== "object" || payload === null) return;
  const holder = payload as Holder;
  const [step, ...rest] = steps;
  if (step !== undefined)
    for (const key of keysAt(holder, step)) {
      yield* valuesAt(holder[key] ?? null, { steps: rest, field }, `${at}/${pointed(key)}`);
    }
  else if (holder[field] !== undefined) yield { value: holder[field], holder, at: `${at}/${pointed(field)}` };
}

/** The payload with what `change` makes of each value at a path. The objects on the way are copied, the payload itself is left as it is. */
export function changedAt(
  payload: Json,
  { steps, field }: FieldPath,
  change: (value: Json, holder: Holder, at: string) => Json,
  at = "",
): Json {
  if (typeof payload !== "object" || payload === null) return payload;
  const holder = payload as Holder;
  const [step, ...rest] = steps;
  if (step === undefined) {
    const value = holder[field];
    return value === undefined ? payload : { ...holder, [field]: change(value, holder, `${at}/${pointed(field)}`) };
  }
  const below = (value: Json, key: string) =>
    step === EACH || step === key ? changedAt(value, { steps: rest, field }, change, `${at}/${pointed(key)}`) : value;
  if (Array.isArray(payload)) return payload.map((value: Json, index) => below(value, String(index)));
  return Object.fromEntries(Object.entries(holder).map(([key, value]) => [key, below(value, key)]));
}

function keysAt(holder: Holder, step: string): readonly string[] {
  if (step === EACH) return Object.keys(holder);
  return Object.hasOwn(holder, step) ? [step] : [];
}

function pointed(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
