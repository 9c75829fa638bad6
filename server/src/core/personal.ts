import { randomBytes } from "node:crypto";
import { type Json, Sha256, sha256 } from "@clew/schema";
import { z } from "zod";

/** Bytes of the random salt of each personal value: as long as it is unknown, its digest tells nothing of the value. */
const SALT_BYTES = 16;

/** What stands for a personal value in an entry and in a node's attributes. */
export const PersonalReference = z.strictObject({ $personal: Sha256 });
export type PersonalReference = z.infer<typeof PersonalReference>;

/** A personal value as the side table keeps it until it is erased. */
export interface PersonalValue {
  /** Of salt and value: {@link personalDigest}. */
  readonly digest: Sha256;
  /** 16 bytes, hex. */
  readonly salt: string;
  readonly value: string;
  /** The agent whom it tells about. */
  readonly subject: string;
  /** Where it stands in the payload, an RFC 6901 pointer. */
  readonly path: string;
}

/**
 * Marks a field of a payload or node as personal: entries hold its salted digest, and it can be erased. The field must be a text without
 * U+0000, which PostgreSQL does not keep.
 * @param of leads from the object that has the field to the id of the agent whom it tells about: `id`, `agent.id`.
 */
export function personal<S extends z.ZodType<string>>(schema: S, of: string) {
  return z.union([schema, PersonalReference]).meta({ [MARK]: of });
}
const MARK = "personal";

/** The schema that {@link personal} marked, however wrapped, and its `of`; null for any other. */
export function personalMark(schema: z.ZodType): { readonly plain: z.ZodType; readonly of: string } | null {
  const bare = unwrapped(schema);
  const of = bare.meta()?.[MARK];
  return typeof of === "string" ? { plain: (bare as z.ZodUnion).options[0] as z.ZodType, of } : null;
}

/** The salted digest: SHA-256 over the 16 bytes of the salt and then the value in UTF-8. */
export function personalDigest(salt: string, value: string): Sha256 {
  return sha256(Buffer.concat([Buffer.from(salt, "hex"), Buffer.from(value, "utf8")]));
}

/** The digest that a stored value is a reference to; null when it is none. */
export function referredDigest(value: unknown): Sha256 | null {
  if (typeof value !== "object" || value === null || !("$personal" in value)) return null;
  return (value as PersonalReference).$personal;
}

/** Where a payload holds personal values: `steps` lead to the object whose `field` it is, `of` from there to whom it tells about. */
export interface PersonalPath {
  readonly steps: readonly string[];
  readonly field: string;
  readonly of: readonly string[];
}

/** Every element of an array, every value of a record. */
const EACH = "*";

/** @throws when a field is marked where its path depends on the value, as in a union. */
export function personalPaths(schema: z.ZodType): readonly PersonalPath[] {
  return [...pathsIn(schema, [], new Set())];
}

function* pathsIn(schema: z.ZodType, steps: readonly string[], seen: Set<z.ZodType>): Iterable<PersonalPath> {
  if (personalMark(schema)) throw misplaced(steps);
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodObject) yield* pathsInObject(bare, steps, seen);
  else if (bare instanceof z.ZodArray) yield* pathsIn(bare.element as z.ZodType, [...steps, EACH], seen);
  else if (bare instanceof z.ZodRecord) yield* pathsIn(bare.valueType as z.ZodType, [...steps, EACH], seen);
  else if (!seen.has(bare)) {
    seen.add(bare);
    for (const part of parts(bare))
      for (const { field } of pathsIn(part, steps, seen)) throw misplaced([...steps, field]);
  }
}

function* pathsInObject(schema: z.ZodObject, steps: readonly string[], seen: Set<z.ZodType>): Iterable<PersonalPath> {
  for (const [field, child] of Object.entries(schema.shape)) {
    const mark = personalMark(child as z.ZodType);
    if (mark) yield { steps, field, of: mark.of.split(".") };
    else yield* pathsIn(child as z.ZodType, [...steps, field], seen);
  }
}

function misplaced(path: readonly string[]): Error {
  return new Error(`a personal field must be a field of objects, and not of one of several kinds: ${path.join(".")}`);
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

function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapper =
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly;
  return isWrapper ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

type Holder = Record<string, Json>;

/** The payload with a reference in the place of every personal value, and those values. Empty texts and references stay. */
export function conceal(payload: Json, paths: readonly PersonalPath[]): { payload: Json; values: PersonalValue[] } {
  // By its text, so that no object is in two places.
  const copy = JSON.parse(JSON.stringify(payload)) as Json;
  const values = paths.flatMap((path) =>
    [...holdersIn(copy, path.steps, "")].flatMap(({ holder, at }) => concealField(holder, at, path)),
  );
  return { payload: copy, values };
}

function concealField(holder: Holder, at: string, { field, of }: PersonalPath): PersonalValue[] {
  const value = holder[field];
  if (typeof value !== "string" || value === "") return [];
  const path = `${at}/${pointed(field)}`;
  const subject = of.reduce<unknown>((from, step) => (from as Holder | undefined)?.[step], holder);
  if (typeof subject !== "string") throw new Error(`${path} is personal, but ${of.join(".")} names nobody`);
  const salt = randomBytes(SALT_BYTES).toString("hex");
  const digest = personalDigest(salt, value);
  holder[field] = { $personal: digest };
  return [{ digest, salt, value, subject, path }];
}

function* holdersIn(value: Json, steps: readonly string[], at: string): Iterable<{ holder: Holder; at: string }> {
  if (typeof value !== "object" || value === null) return;
  const holder = value as Holder;
  const [step, ...rest] = steps;
  if (step === undefined) yield { holder, at };
  else
    for (const key of step === EACH ? Object.keys(holder) : [step]) {
      yield* holdersIn(holder[key] ?? null, rest, `${at}/${pointed(key)}`);
    }
}

function pointed(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
