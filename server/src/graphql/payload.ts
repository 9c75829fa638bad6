import { Field, ObjectType } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { type GraphQLClass, named } from "./from-zod.ts";

@ObjectType("UserError", { description: "An expected refusal. The mutation changed nothing." })
export class UserErrorType {
  @Field(() => String, { description: "From the catalogue in docs/errors.md." })
  code!: string;

  @Field(() => [String], { description: "Leads to the input field at fault; list positions as decimal text." })
  path!: string[];

  @Field(() => String)
  message!: string;
}

/** What a mutation answers that establishes no facts, besides its things. */
export function bareType(mutation: string, things: Readonly<Record<string, GraphQLClass>> = {}): GraphQLClass {
  const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`;
  const made = named(name);
  ObjectType(name)(made);
  for (const [field, type] of Object.entries(things)) {
    Field(() => type, { nullable: true, description: "Null when the mutation was refused." })(made.prototype, field);
  }
  Field(() => [UserErrorType])(made.prototype, "userErrors");
  return made;
}

/** Adds what every mutation answers that establishes facts. */
export function payloadType(mutation: string, things: Readonly<Record<string, GraphQLClass>>): GraphQLClass {
  const made = bareType(mutation, things);
  Field(() => GraphQLSafeInt, { nullable: true, description: "The ledger entry that holds the (last) fact." })(
    made.prototype,
    "ledgerSeq",
  );
  Field(() => Boolean, { description: "Whether the graph had taken the entry in when this was answered." })(
    made.prototype,
    "projected",
  );
  return made;
}
