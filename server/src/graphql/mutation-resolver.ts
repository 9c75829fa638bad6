import type { Json } from "@clew/schema";
import { Arg, Mutation, Resolver, UseMiddleware } from "type-graphql";
import type { z } from "zod";
import type { NodeDefinition } from "../core/define-node.ts";
import type { UserError } from "../ledger/command.ts";
import type { Act } from "./acts.ts";
import type { Context } from "./context.ts";
import { type GraphQLClass, addFields, inputTypeOf, named } from "./from-zod.ts";
import type { Mutations, UseCase } from "./mutations.ts";
import type { NodeValue } from "./node-value.ts";
import { isHidden, Node, objectType } from "./node-type.ts";
import { bareType, payloadType } from "./payload.ts";
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
  return resolverOf(name, (resolver) => {
    for (const definition of definitions) addMutation(resolver, mutations, definition);
  });
}

/** A resolver whose mutations are these, which establish no facts. */
export function actResolver(name: string, mutations: Mutations, definitions: readonly Act[]): object {
  return resolverOf(name, (resolver) => {
    for (const definition of definitions) addAct(resolver, mutations, definition);
  });
}

function resolverOf(name: string, fill: (resolver: GraphQLClass) => void): object {
  const resolver = named(name);
  Resolver()(resolver);
  fill(resolver);
  return new resolver();
}

const KEYED =
  "The same key and input again gives the first answer and changes nothing. Without one, every call is a new one.";

function addMutation(resolver: GraphQLClass, mutations: Mutations, definition: MutationDefinition): void {
  const { name, things, extra } = definition;
  const payload = payloadType(name, mapValues(things, typeOf));
  if (extra) addNullableFields(payload, extra);
  addField(resolver, { ...definition, keyed: KEYED }, payload, (...asked) => answer(mutations, definition, ...asked));
}

function addAct(resolver: GraphQLClass, mutations: Mutations, definition: Act): void {
  const payload = bareType(definition.name);
  addNullableFields(payload, definition.answers);
  addField(resolver, definition, payload, async (input, key, context) => {
    const { answer: given, userErrors } = await mutations.act(context, definition, input, key);
    return { ...given, userErrors };
  });
}

type Answering = (input: unknown, key: string | null | undefined, context: Context) => Promise<object>;

function addField(
  resolver: GraphQLClass,
  { name, description, input, keyed }: Pick<Act, "name" | "description" | "input" | "keyed">,
  payload: GraphQLClass,
  answering: Answering,
): void {
  // Made now: type-graphql collects its types before it asks the functions for them.
  const inputType = inputTypeOf(input);
  const prototype = resolver.prototype as Record<string, unknown>;
  prototype[name] = () => {};
  Mutation(() => payload, { description })(prototype, name, Object.getOwnPropertyDescriptor(prototype, name)!);
  Arg("input", () => inputType)(prototype, name, 0);
  if (keyed !== undefined)
    Arg("idempotencyKey", () => String, { nullable: true, description: keyed })(prototype, name, 1);
  // Answers in place of the method, which would get the input as instances of classes: all of it copied for zod, which takes it as it came.
  UseMiddleware(({ args, context }) =>
    answering(args["input"], args["idempotencyKey"] as string | undefined, context as Context),
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
    mapValues(extra, (schema) => nullable(schema as z.ZodType)),
    "output",
  );
}

function nullable(schema: z.ZodType): z.ZodType {
  const { description } = schema;
  return description === undefined ? schema.nullable() : schema.nullable().describe(description);
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, key: string) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
