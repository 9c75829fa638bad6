import { randomBytes } from "node:crypto";
import { type Json, Sha256, sha256 } from "@clew/schema";
import { z } from "zod";
import { changedAt, type FieldPath, type Holder, markedFields, unwrapped } from "./marked-fields.ts";

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

/** Where a payload holds personal values; `of` leads from the object that has one to whom it tells about. */
export interface PersonalPath extends FieldPath {
  readonly of: readonly string[];
}

/** @throws when a field is marked where its path depends on the value, as in a union. */
export function personalPaths(schema: z.ZodType): readonly PersonalPath[] {
  return markedFields(schema, personalMark).map(({ steps, field, mark }) => ({ steps, field, of: mark.of.split(".") }));
}

/** The payload with a reference in the place of every personal value, and those values. Empty texts and references stay. */
export function conceal(payload: Json, paths: readonly PersonalPath[]): { payload: Json; values: PersonalValue[] } {
  const values: PersonalValue[] = [];
  const concealed = paths.reduce(
    (before, path) =>
      changedAt(before, path, (value, holder, at) => {
        if (typeof value !== "string" || value === "") return value;
        const personalValue = concealedValue(value, subjectOf(holder, path, at), at);
        values.push(personalValue);
        return { $personal: personalValue.digest };
      }),
    payload,
  );
  return { payload: concealed, values };
}

function subjectOf(holder: Holder, { of }: PersonalPath, at: string): string {
  const subject = of.reduce<unknown>((from, step) => (from as Holder | undefined)?.[step], holder);
  if (typeof subject !== "string") throw new Error(`${at} is personal, but ${of.join(".")} names nobody`);
  return subject;
}

function concealedValue(value: string, subject: string, path: string): PersonalValue {
  const salt = randomBytes(SALT_BYTES).toString("hex");
  return { digest: personalDigest(salt, value), salt, value, subject, path };
}
