import { defaultFieldResolver, type GraphQLField, type GraphQLSchema, isObjectType } from "graphql";
import { clientError } from "./errors.ts";

/** Nothing has a longer name. */
const NAME_MAX = 255;
/** Longer than any id, key or tag. */
const TEXT_MAX = 500;
/** A cursor holds a name, in base64url. */
const CURSOR_MAX = 4_000;
const TEXTS_MAX: Readonly<Record<string, number>> = {
  nameContains: NAME_MAX,
  text: NAME_MAX,
  namespace: NAME_MAX,
  after: CURSOR_MAX,
};
/** More than there are states, or types of anything. */
const LIST_MAX = 100;
/** Each condition of a filter is one more look through all tags or values. */
const LISTS_MAX: Readonly<Record<string, number>> = { tags: 10, parameters: 10, metrics: 10 };

/**
 * Bounds what every field but the mutations may be asked with, before a store hears of it: one text or list without end keeps a database
 * busy for everybody. What a mutation is given is bounded by its own schema.
 */
export function boundArguments(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__") || type === schema.getMutationType()) continue;
    for (const field of Object.values(type.getFields())) if (field.args.length > 0) bound(field);
  }
}

function bound(field: GraphQLField<unknown, unknown>): void {
  const { resolve = defaultFieldResolver, subscribe } = field;
  field.resolve = (root, args, context, info) => {
    checkArgument(args, []);
    return resolve(root, args, context, info);
  };
  if (subscribe === undefined) return;
  field.subscribe = (root, args, context, info) => {
    checkArgument(args, []);
    return subscribe(root, args, context, info);
  };
}

/** @throws INVALID_INPUT with the path of the argument. */
function checkArgument(value: unknown, path: readonly string[]): void {
  const fault =
    typeof value === "string" ? textFault(value, path) : Array.isArray(value) ? listFault(value, path) : null;
  if (fault !== null) throw clientError("INVALID_INPUT", `${path.join(".")} must ${fault}`, { path });
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value)) checkArgument(one, [...path, key]);
}

function textFault(text: string, path: readonly string[]): string | null {
  const max = TEXTS_MAX[path.at(-1)!] ?? TEXT_MAX;
  if (text.length > max) return `have at most ${max} characters`;
  return text.isWellFormed() && !text.includes("\u0000") ? null : "be Unicode without U+0000";
}

function listFault(list: readonly unknown[], path: readonly string[]): string | null {
  const max = LISTS_MAX[path.at(-1)!] ?? LIST_MAX;
  return list.length > max ? `have at most ${max} items` : null;
}
