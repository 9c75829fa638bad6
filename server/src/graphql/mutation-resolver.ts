import type { Json } from "@clew/schema";
import { Arg, Mutation, Resolver, UseMiddleware } from "type-graphql";
import type { z } from "zod";
import type { NodeDefinition } from "../core/define-node.ts";
import type { UserError } from "../ledger/command.ts";
import type { Context } from "./context.ts";
import { type GraphQLClass, addFields, inputTypeOf, named } from "./from-zod.ts";
import type { Mutations, UseCase } from "./mutations.ts";
import { isHidden, Node, type NodeValue, objectType } from "./node-type.ts";
import { payloadType } from "./payload.ts";
import type { Principal } from "./principal.ts";

/** What a mutation's answer says of the nodes it made or changed: their ids by payload field. */
export type ThingIds = Readonly<Record<string, string>>;

/** A payload field that may hold a node of any type. */
export const ANY_NODE = "any node" as const;
type Thing = NodeDefinition | typeof ANY_NODE;

export interface MutationDefinition<Input = unknown, Answer extends Json = Json> {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<Input>;
  /** Payload fields that hold nodes; the answer has the id of each under the same name. */
  readonly things: Readonly<Record<string, Thing>>;
  /** Payload fields beyond nodes, and how to make them from the answer. */
  readonly extra?: z.ZodRawShape;
  readonly shape?: (answer: Answer, context: Context) => object | Promise<object>;
  readonly allow: (principal: Principal, input: Input) => boolean;
  readonly prepare: (input: Input, principal: Principal) => Promise<UseCase<Answer> | { errors: readonly UserError[] }>;
}

/** Declares a mutation with its types inferred. */
export function mutation<Input, Answer extends Json>(
  definition: MutationDefinition<Input, Answer>,
): MutationDefinition {
  return definition as unknown as MutationDefinition;
}

/** A resolver whose mutations are these: `name(input: <Input>!, idempotencyKey: String)`. */
export function mutationResolver(
  name: string,
  mutations: Mutations,
  definitions: readonly MutationDefinition[],
): object {
  const resolver = named(name);
  Resolver()(resolver);
  for (const definition of definitions) addMutation(resolver, mutations, definition);
  return new resolver();
}

const KEY = {
  nullable: true,
  description:
    "The same key and input again gives the first answer and changes nothing. Without one, every call is a new one.",
};

function addMutation(resolver: GraphQLClass, mutations: Mutations, definition: MutationDefinition): void {
  const { name, description, input, things, extra } = definition;
  // Made now: type-graphql collects its types before it asks the functions for them.
  const inputType = inputTypeOf(input);
  const payload = payloadType(name, mapValues(things, typeOf));
  if (extra) addNullableFields(payload, extra);
  const prototype = resolver.prototype as Record<string, unknown>;
  prototype[name] = () => {};
  Mutation(() => payload, { description })(prototype, name, Object.getOwnPropertyDescriptor(prototype, name)!);
  Arg("input", () => inputType)(prototype, name, 0);
  Arg("idempotencyKey", () => String, KEY)(prototype, name, 1);
  // Answers in place of the method, which would get the input as instances of classes: all of it copied for zod, which takes it as it came.
  UseMiddleware(({ args, context }) =>
    answer(mutations, definition, args["input"], args["idempotencyKey"] as string | undefined, context as Context),
  )(prototype, name, Object.getOwnPropertyDescriptor(prototype, name)!);
}

function typeOf(thing: Thing): GraphQLClass {
  return thing === ANY_NODE ? Node : objectType(thing);
}

async function answer(
  mutations: Mutations,
  definition: MutationDefinition,
  input: unknown,
  key: string | null | undefined,
  context: Context,
) {
  const { name, input: schema, allow, prepare, things, shape } = definition;
  const result = await mutations.run(context, { name, schema, input, idempotencyKey: key, allow, prepare });
  const { answer: given, told, ...rest } = result;
  if (given === null) return rest;
  const ids = given as ThingIds;
  const nodes = mapValues(things, (thing, field) => loadThing(thing, ids[field]!, context));
  return { ...rest, ...nodes, ...(shape ? await shape(given, context) : {}), ...told };
}

/** A field of one object type cannot show a node that was erased since, when a mutation is repeated. */
async function loadThing(thing: Thing, id: string, { loaders }: Context): Promise<NodeValue | null> {
  const value = await loaders.node.load(id);
  return thing !== ANY_NODE && isHidden(value) ? null : value;
}

function addNullableFields(payload: GraphQLClass, extra: z.ZodRawShape): void {
  addFields(
    payload,
    mapValues(extra, (schema) => (schema as z.ZodType).nullable()),
    "output",
  );
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, key: string) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
