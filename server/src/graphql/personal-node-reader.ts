import { type Json, typeOfId } from "@clew/schema";
import type { z } from "zod";
import type { NodeDefinition } from "../core/define-node.ts";
import type { NodeState } from "../core/graph-change.ts";
import { personalMark, referredDigest } from "../core/personal.ts";
import type { NodeHistoryReader } from "../ports/node-history.ts";
import type { NodeCursor, NodeReader } from "../ports/node-reader.ts";

/** A personal field of a node type; what may be null is null once it is erased. */
interface Field {
  readonly name: string;
  readonly isNullable: boolean;
}

type Values = ReadonlyMap<string, string>;

/**
 * Nodes with their personal values in the place of the references that they store. One that lacks a value is answered as an `ErasedNode`:
 * fields that are never null cannot hide themselves. Nodes without personal fields cost nothing more.
 */
export function withPersonalValues(reader: NodeReader, definitions: readonly NodeDefinition[]): NodeReader {
  const fieldsOf = personalFields(definitions);
  const resolve = resolver(reader, fieldsOf, resolved);
  // The order by name is that of what is stored, which a cursor made of an answer does not have.
  const stored = async (after: NodeCursor | null): Promise<NodeCursor | null> => {
    if (after === null || !fieldsOf.has(typeOfId(after.id))) return after;
    const [state] = await reader.byIds([after.id]);
    return { ...after, name: referredDigest(state?.attributes["name"]) ?? after.name };
  };
  return {
    byIds: async (ids) => resolve(await reader.byIds(ids)),
    list: async (filter, order, after, limit) =>
      resolve(await reader.list(filter, order, order === "NAME" ? await stored(after) : after, limit)),
    places: (ids) => reader.places(ids),
    count: (...query) => reader.count(...query),
    files: (...query) => reader.files(...query),
    versionsOfFile: (...query) => reader.versionsOfFile(...query),
    personal: (digests) => reader.personal(digests),
    documents: (digests) => reader.documents(digests),
    tags: (...query) => reader.tags(...query),
  };
}

/**
 * The same for what nodes were. In a history a value that was erased stays the reference that stands for it, for each state by itself:
 * what came before and after it is told all the same.
 */
export function withPersonalHistory(
  history: NodeHistoryReader,
  reader: Pick<NodeReader, "personal">,
  definitions: readonly NodeDefinition[],
): NodeHistoryReader {
  const fieldsOf = personalFields(definitions);
  const resolve = resolver(reader, fieldsOf, resolved);
  const resolvePast = resolver(reader, fieldsOf, resolvedWhereKept);
  return {
    asKnownAt: async (id, seq) => {
      const state = await history.asKnownAt(id, seq);
      return state && (await resolve([state]))[0]!;
    },
    history: async (...query) => resolvePast(await history.history(...query)),
    entries: (seqs) => history.entries(seqs),
  };
}

type Resolved = (state: NodeState, fields: readonly Field[], values: Values) => NodeState;

/** Puts the values of several nodes in their places, with one read for all of them. */
function resolver(
  reader: Pick<NodeReader, "personal">,
  fieldsOf: ReadonlyMap<string, readonly Field[]>,
  put: Resolved,
) {
  return async (states: readonly NodeState[]): Promise<readonly NodeState[]> => {
    const digests = states.flatMap((state) =>
      (fieldsOf.get(state.type) ?? []).flatMap(({ name }) => referredDigest(state.attributes[name]) ?? []),
    );
    if (digests.length === 0) return states;
    const values = await reader.personal(digests);
    return states.map((state) => put(state, fieldsOf.get(state.type) ?? [], values));
  };
}

function personalFields(definitions: readonly NodeDefinition[]): ReadonlyMap<string, readonly Field[]> {
  const fieldsOf = ({ fields }: NodeDefinition): Field[] =>
    Object.entries(fields as Readonly<Record<string, z.ZodType>>)
      .filter(([, schema]) => personalMark(schema) !== null)
      .map(([name, schema]) => ({ name, isNullable: schema.safeParse(null).success }));
  const all = definitions.map((definition) => [definition.name, fieldsOf(definition)] as const);
  return new Map(all.filter(([, fields]) => fields.length > 0));
}

function resolved(state: NodeState, fields: readonly Field[], values: Values): NodeState {
  const attributes: Record<string, Json> = { ...state.attributes };
  for (const { name, isNullable } of fields) {
    const digest = referredDigest(attributes[name]);
    const value = digest === null ? attributes[name] : values.get(digest);
    if (value === undefined && !isNullable) return { ...state, type: "ErasedNode", attributes: {} };
    attributes[name] = value ?? null;
  }
  return { ...state, attributes };
}

function resolvedWhereKept(state: NodeState, fields: readonly Field[], values: Values): NodeState {
  const kept = fields.flatMap(({ name }) => {
    const digest = referredDigest(state.attributes[name]);
    const value = digest === null ? undefined : values.get(digest);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...state, attributes: { ...state.attributes, ...Object.fromEntries(kept) } };
}
