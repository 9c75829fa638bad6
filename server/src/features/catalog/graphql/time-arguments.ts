import { ArgsType, Field } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { KeyTime } from "../find-by-key.ts";

/** When a state is read: true at a time, as known after an entry. */
@ArgsType()
export class TimeArguments {
  @Field(() => GraphQLDateTime, { nullable: true, description: "As it was then; now when left out." })
  asOf?: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: "As it was known after this ledger entry; all of them when left out.",
  })
  knownAt?: number | null;

  asTime(): KeyTime {
    return { at: this.asOf ?? undefined, knownSeq: this.knownAt ?? undefined };
  }
}
