import { canonicalJson, type Json, Sha256, sha256 } from "@clew/schema";
import { z } from "zod";
import { changedAt, type FieldPath, markedFields, unwrapped, valuesAt } from "./marked-fields.ts";

/** What is longer than this, as canonical JSON in UTF-8, stands beside the entry. */
export const DOCUMENT_MIN_BYTES = 4096;
export const DOCUMENT_MAX_BYTES = 8 * 1024 * 1024;

/** What stands for a large value in an entry and in a node's attributes. */
export const DocumentReference = z.strictObject({ $document: Sha256, sizeBytes: z.number().int().positive() });
export type DocumentReference = z.infer<typeof DocumentReference>;

/** A large value as it is kept beside the ledger, by its digest. */
export interface Document {
  /** Of the text in UTF-8. */
  readonly digest: Sha256;
  /** Canonical JSON (RFC 8785). */
  readonly text: string;
}

/**
 * Marks a field of a payload or node as one that may be large: above {@link DOCUMENT_MIN_BYTES} the entry holds its digest and size.
 * Whoever reads the field of a node must be ready for the reference, as its type says. The field's own values must not look like one.
 */
export function document<S extends z.ZodType>(schema: S) {
  return z.union([schema, DocumentReference]).meta({ [MARK]: true });
}
const MARK = "document";

/** The schema that {@link document} marked, however wrapped; null for any other. */
export function documentMark(schema: z.ZodType): { readonly plain: z.ZodType } | null {
  const bare = unwrapped(schema);
  return bare.meta()?.[MARK] === true ? { plain: (bare as z.ZodUnion).options[0] as z.ZodType } : null;
}

/** The reference that a stored value is; null when it is the value itself. */
export function documentReference(value: unknown): DocumentReference | null {
  if (typeof value !== "object" || value === null || !("$document" in value)) return null;
  return value as DocumentReference;
}

/** @throws when a field is marked where its path depends on the value, as in a union. */
export function documentPaths(schema: z.ZodType): readonly FieldPath[] {
  return markedFields(schema, documentMark).map(({ steps, field }) => ({ steps, field }));
}

/**
 * The payload with a reference in the place of every value that is too large for an entry, and those values.
 * @throws {DocumentTooLarge}
 */
export function setAside(payload: Json, paths: readonly FieldPath[]): { payload: Json; documents: Document[] } {
  const documents: Document[] = [];
  const lightened = paths.reduce(
    (before, path) =>
      changedAt(before, path, (value, _, at) => {
        // As many as in canonical form, where only the order of keys differs; found out in a fraction of the time.
        const sizeBytes = Buffer.byteLength(JSON.stringify(value));
        if (sizeBytes <= DOCUMENT_MIN_BYTES) return value;
        if (sizeBytes > DOCUMENT_MAX_BYTES) throw new DocumentTooLarge(at, sizeBytes);
        const text = canonicalJson(value);
        const digest = sha256(text);
        documents.push({ digest, text });
        return { $document: digest, sizeBytes };
      }),
    payload,
  );
  return { payload: lightened, documents };
}

/** The documents that a payload refers to. */
export function referencesIn(payload: Json, paths: readonly FieldPath[]): DocumentReference[] {
  return paths.flatMap((path) => [...valuesAt(payload, path)].flatMap(({ value }) => documentReference(value) ?? []));
}

export class DocumentTooLarge extends Error {
  /** @param at the value's place in the payload, an RFC 6901 pointer. */
  constructor(at: string, sizeBytes: number) {
    super(`${at} has ${sizeBytes} bytes as JSON, above the limit of ${DOCUMENT_MAX_BYTES}`);
  }
}
