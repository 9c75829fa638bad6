// type-graphql asks for it although every type here is explicit; whoever decorates imports this file, directly or not.
import "reflect-metadata";
import { type Json, MetricValue, NodeId } from "@clew/schema";
import type { GraphQLScalarType } from "graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { z } from "zod";
import { documentMark } from "../core/document.ts";
import { IdOrKey } from "../core/id-or-key.ts";
import { type Holder, unwrapped } from "../core/marked-fields.ts";
import { personalMark } from "../core/personal.ts";
import { Time } from "../core/time.ts";
import { GraphQLDateTime, GraphQLJSON, GraphQLMetricValue } from "./scalars.ts";

/** A class that type-graphql knows as an object or input type. */
export type GraphQLClass = new () => object;
type Mode = "output" | "input";
type NamedType = GraphQLClass | GraphQLScalarType | typeof String | typeof Boolean | object;

/** A zod schema as GraphQL sees it. */
interface FieldShape {
  readonly type: NamedType;
  readonly list: boolean;
  readonly nullable: boolean;
}

const INT32_MAX = 2_147_483_647;

// type-graphql keeps its metadata for the whole process, so a type that was made once must be found again.
const classes = { output: new WeakMap<z.ZodType, GraphQLClass>(), input: new WeakMap<z.ZodType, GraphQLClass>() };
const enums = new WeakMap<z.ZodType, object>();

/** Schemas that have a scalar of their own. */
const SCALARS = new Map<z.ZodType, GraphQLScalarType>([
  [NodeId, ID],
  [IdOrKey, ID],
  [Time, GraphQLDateTime],
  [MetricValue, GraphQLMetricValue],
]);

/** The object type of a schema that is named by `.meta({ id })`. */
export function objectTypeOf(schema: z.ZodType): GraphQLClass {
  return classOf(schema, "output");
}

/** The input type of a schema; its name is the schema's, with "Input" behind it. */
export function inputTypeOf(schema: z.ZodType): GraphQLClass {
  return classOf(schema, "input");
}

/** The GraphQL enum of a zod enum that is named by `.meta({ id })`. */
export function enumTypeOf(schema: z.ZodType): object {
  const known = enums.get(schema);
  if (known) return known;
  const values = Object.fromEntries(Object.entries((schema as z.ZodEnum).enum).map(([, value]) => [value, value]));
  registerEnumType(values, { name: nameOf(schema), ...describe(schema) });
  enums.set(schema, values);
  return values;
}

/** Adds a schema's fields to a class, except those left out. */
export function addFields(target: GraphQLClass, shape: z.ZodRawShape, mode: Mode, omit: readonly string[] = []): void {
  for (const [name, schema] of Object.entries(shape)) {
    if (omit.includes(name)) continue;
    const field = shapeOf(schema as z.ZodType, mode);
    const options = { nullable: field.nullable, ...describe(schema as z.ZodType) };
    Field(() => (field.list ? [field.type] : field.type) as never, options)(target.prototype, name);
  }
}

/** A stored value of a schema as GraphQL shows it: a time as text, a number that is not finite as its name. */
export function shownValue(schema: z.ZodType, value: Json): unknown {
  if (value === null) return null;
  const origin = originOf(schema);
  const scalar = SCALARS.get(origin);
  if (scalar) return scalar.serialize(value);
  const bare = unwrapped(origin);
  if (bare !== origin) return shownValue(bare, value);
  const large = documentMark(bare);
  if (large) return shownValue(large.plain, value);
  if (bare instanceof z.ZodArray) return (value as Json[]).map((one) => shownValue(bare.element as z.ZodType, one));
  return bare instanceof z.ZodObject ? shownObject(bare, value as Holder) : value;
}

function shownObject({ shape }: z.ZodObject, value: Holder): object {
  const shown = (name: string, one: Json) => (name in shape ? shownValue(shape[name] as z.ZodType, one) : one);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(name, one)]));
}

function classOf(schema: z.ZodType, mode: Mode): GraphQLClass {
  const known = classes[mode].get(schema);
  if (known) return known;
  if (!(schema instanceof z.ZodObject)) throw new Error(`${nameOf(schema)} is no object schema`);
  const name = nameOf(schema);
  const made = mode === "input" ? named(name.endsWith("Input") ? name : `${name}Input`) : named(name);
  classes[mode].set(schema, made);
  (mode === "input"
    ? InputType(made.name, describe(schema))
    : ObjectType(made.name, { simpleResolvers: true, ...describe(schema) }))(made);
  addFields(made, schema.shape, mode);
  return made;
}

/** An empty class of this name. */
export function named(name: string): GraphQLClass {
  // oxlint-disable-next-line typescript/no-extraneous-class -- type-graphql wants a class, and its fields are added later
  return { [name]: class {} }[name] as GraphQLClass;
}

function shapeOf(schema: z.ZodType, mode: Mode): FieldShape {
  const origin = originOf(schema);
  if (origin !== schema) return shapeOf(origin, mode);
  const scalar = SCALARS.get(schema);
  if (scalar) return { type: scalar, list: false, nullable: false };
  const large = documentMark(schema);
  if (large) return shapeOf(large.plain, mode);
  if (schema instanceof z.ZodNullable) return { ...shapeOf(inner(schema), mode), nullable: true };
  if (schema instanceof z.ZodOptional) return { ...shapeOf(inner(schema), mode), nullable: true };
  // What has a default may be left out of an input; in an output it is there, if only as null.
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const shape = shapeOf(inner(schema), mode);
    return { ...shape, nullable: shape.nullable || mode === "input" };
  }
  if (schema instanceof z.ZodReadonly) return shapeOf(inner(schema), mode);
  if (schema instanceof z.ZodArray)
    return { type: shapeOf(schema.element as z.ZodType, mode).type, list: true, nullable: false };
  return { type: namedTypeOf(schema, mode), list: false, nullable: false };
}

/** A schema with a description of its own is a copy: answers the one with a scalar or a name that it was made of, else itself. */
function originOf(schema: z.ZodType): z.ZodType {
  const { parent } = schema._zod;
  if (SCALARS.has(schema) || schema.meta()?.id !== undefined || parent === undefined) return schema;
  const origin = originOf(parent as z.ZodType);
  return SCALARS.has(origin) || origin.meta()?.id !== undefined ? origin : schema;
}

function inner(schema: { unwrap(): unknown }): z.ZodType {
  return schema.unwrap() as z.ZodType;
}

function namedTypeOf(schema: z.ZodType, mode: Mode): NamedType {
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return String;
  if (schema instanceof z.ZodBoolean) return Boolean;
  if (schema instanceof z.ZodNumber) return numberType(schema);
  if (schema instanceof z.ZodEnum) return enumTypeOf(schema);
  if (schema instanceof z.ZodObject) return classOf(schema, mode);
  if (schema instanceof z.ZodLiteral && [...schema.values].every((value) => typeof value === "string")) return String;
  const mark = personalMark(schema);
  if (mark) return namedTypeOf(mark.plain, mode);
  return isText(schema) ? String : GraphQLJSON;
}

/** A text that may be one of several kinds, as a namespace or "*". */
function isText(schema: z.ZodType): boolean {
  if (!(schema instanceof z.ZodUnion)) return false;
  return schema.options.every((option) => namedTypeOf(option as z.ZodType, "input") === String);
}

function numberType(schema: z.ZodNumber): NamedType {
  if (!schema.isInt) return Float;
  return schema.maxValue !== null && schema.maxValue <= INT32_MAX ? Int : GraphQLSafeInt;
}

function nameOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined)
    throw new Error(
      `a schema that GraphQL shows needs a name: .meta({ id: "…" }), near ${JSON.stringify(z.toJSONSchema(schema, { unrepresentable: "any" })).slice(0, 200)}`,
    );
  return id;
}

function describe(schema: z.ZodType): { description?: string } {
  return schema.description === undefined ? {} : { description: schema.description };
}
