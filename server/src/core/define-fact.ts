import { type Json, canonicalJson } from "@clew/schema";
import { z } from "zod";
import { documentPaths, type DocumentReference, referencesIn } from "./document.ts";
import type { EntryChanges, GraphChange } from "./graph-change.ts";
import type { FieldPath } from "./marked-fields.ts";
import { type PersonalPath, personalPaths } from "./personal.ts";
import type { TagWord } from "./tag-word.ts";

/** The largest ledger entry, in bytes of UTF-8. */
export const ENTRY_MAX_BYTES = 65_536;

/** What surrounds every payload: who established the fact, and when (milliseconds since 1970). */
export interface FactContext {
  readonly at: number;
  readonly by: string;
}

export interface FactDefinition<Type extends string = string, P extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly v: number;
  readonly payload: P;
  /** Pure: what the fact does to the graph. Reads nothing but the fact. */
  readonly project: (payload: z.output<P>, context: FactContext) => readonly GraphChange[];
  /** Pure: what the fact says of aliases and tags. */
  readonly words: (payload: z.output<P>) => readonly TagWord[];
  /** Older payload versions, each lifted to the next: `upcasts[1]` makes a version 2 payload of a version 1 payload. */
  readonly upcasts: Readonly<Record<number, (payload: Json) => Json>>;
  /** Where the payload's schema marks personal fields; most have none. */
  readonly personal: readonly PersonalPath[];
  /** Where it marks fields that may be large. */
  readonly documents: readonly FieldPath[];
}

/** A fact about to be recorded. */
export interface Fact {
  readonly definition: FactDefinition;
  readonly payload: Json;
}

/**
 * Declares a kind of fact: its payload's schema and version, and its projection.
 * @throws when an older version has no upcast.
 */
export function defineFact<const Type extends string, P extends z.ZodType>(definition: {
  type: Type;
  v: number;
  payload: P;
  project: (payload: z.output<P>, context: FactContext) => readonly GraphChange[];
  words?: (payload: z.output<P>) => readonly TagWord[];
  upcasts?: Record<number, (payload: Json) => Json>;
}): FactDefinition<Type, P> & { of: (payload: z.input<P>) => Fact } {
  const personal = personalPaths(definition.payload);
  const documents = documentPaths(definition.payload);
  const made: FactDefinition<Type, P> = { upcasts: {}, words: () => [], ...definition, personal, documents };
  for (let from = 1; from < made.v; from++)
    if (made.upcasts[from] === undefined) throw new Error(`${made.type} has no upcast from version ${from}`);
  return { ...made, of: (payload) => ({ definition: made, payload: payload as Json }) };
}

/** An entry's bytes, parsed. */
export const EntryEnvelope = z.strictObject({
  type: z.string(),
  v: z.number().int().positive(),
  at: z.number().int(),
  by: z.string(),
  payload: z.json(),
});

/**
 * The bytes that the ledger keeps and hashes: canonical JSON (RFC 8785) in UTF-8.
 * @throws {EntryTooLarge} above {@link ENTRY_MAX_BYTES}.
 */
export function encodeEntry(fact: Fact, context: FactContext): Buffer {
  const { type, v } = fact.definition;
  const bytes = Buffer.from(canonicalJson({ type, v, at: context.at, by: context.by, payload: fact.payload }));
  if (bytes.length > ENTRY_MAX_BYTES) throw new EntryTooLarge(type, bytes.length);
  return bytes;
}

export class EntryTooLarge extends Error {
  readonly factType: string;
  readonly sizeBytes: number;

  constructor(factType: string, sizeBytes: number) {
    super(`a ${factType} entry of ${sizeBytes} bytes is above the limit of ${ENTRY_MAX_BYTES}`);
    this.factType = factType;
    this.sizeBytes = sizeBytes;
  }
}

/** What an entry does, to the graph and to aliases and tags. */
export interface Projected extends EntryChanges {
  readonly words: readonly TagWord[];
}

/** Every fact type that this server knows, by name. */
export class FactCatalogue {
  readonly #byType: ReadonlyMap<string, FactDefinition>;

  constructor(definitions: readonly FactDefinition[]) {
    this.#byType = new Map(definitions.map((definition) => [definition.type, definition]));
    if (this.#byType.size !== definitions.length) throw new Error("two facts have the same type");
  }

  get types(): readonly string[] {
    return [...this.#byType.keys()];
  }

  /** What an entry does. Pure: the same bytes give the same changes, today and in ten years. */
  project(entry: { seq: number; bytes: Uint8Array }): Projected {
    const { type, v, at, by, payload } = openEntry(entry);
    const definition = this.#byType.get(type);
    if (definition === undefined) throw new Error(`entry ${entry.seq} has the unknown type ${type}`);
    const current = lift(definition, v, payload);
    const changes = definition.project(current, { at, by });
    return { seq: entry.seq, at, changes, words: definition.words(current) };
  }

  /** The documents that an entry refers to. */
  documents(entry: { type: string; bytes: Uint8Array }): readonly DocumentReference[] {
    const definition = this.#byType.get(entry.type);
    // Most entries refer to none: looked for in the bytes, which need not be parsed then.
    if (definition === undefined || definition.documents.length === 0 || !mayRefer(entry.bytes)) return [];
    const { v, payload } = openEntry(entry);
    return referencesIn(lift(definition, v, payload), definition.documents);
  }
}

const REFERENCE_START = Buffer.from('{"$document":"sha256:');

function mayRefer({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  return Buffer.from(buffer, byteOffset, byteLength).includes(REFERENCE_START);
}

/** What an entry's bytes say. */
export function openEntry({ bytes }: { readonly bytes: Uint8Array }): z.output<typeof EntryEnvelope> {
  return JSON.parse(Buffer.from(bytes).toString("utf8")) as z.output<typeof EntryEnvelope>;
}

/** A payload of version `v` as the current version has it. @throws when `v` is newer than this server. */
export function lift(definition: FactDefinition, v: number, payload: Json): Json {
  if (v > definition.v)
    throw new Error(`${definition.type} version ${v} is newer than this server knows (${definition.v})`);
  let lifted = payload;
  for (let from = v; from < definition.v; from++) lifted = definition.upcasts[from]!(lifted);
  return lifted;
}
