import { GraphQLSafeInt } from "graphql-scalars";
import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { can } from "../../../graphql/principal.ts";
import type { PersonalData } from "../../../ports/personal-data.ts";

@ObjectType("PersonalValue", {
  description:
    "A personal value that was not erased. SHA-256 over the salt's 16 bytes and the value in UTF-8 is the digest.",
})
class PersonalValue {
  @Field(() => GraphQLSafeInt, { description: "The entry that holds the digest." })
  seq!: number;

  @Field(() => String, { description: "Where in the entry's payload: an RFC 6901 pointer." })
  path!: string;

  @Field(() => String)
  digest!: string;

  @Field(() => String, { description: "16 bytes, hex." })
  salt!: string;

  @Field(() => String)
  value!: string;
}

@Resolver()
export class PersonalDataQueries {
  readonly #data: PersonalData;

  constructor(data: PersonalData) {
    this.#data = data;
  }

  @Query(() => [PersonalValue], {
    description:
      "Everything personal that is kept of an agent: what `erasePersonalData` would erase. For administrators.",
  })
  async personalData(@Arg("agent", () => ID) agent: string, @Ctx() context: Context): Promise<PersonalValue[]> {
    if (!can(context.principal, "ADMIN", "*"))
      throw clientError("FORBIDDEN", "only an administrator sees all personal data of an agent");
    return [...(await this.#data.of(agent))];
  }
}
