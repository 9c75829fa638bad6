import { GraphQLSafeInt } from "graphql-scalars";
import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import { decodeCursor, encodeCursor, PageInfo, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node } from "../../../graphql/node-type.ts";
import { can } from "../../../graphql/principal.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import { type DeadLetter, DeadLetterKind, type DeadLetters } from "../dead-letters.ts";

const DeadLetterKindEnum = enumTypeOf(DeadLetterKind);

@ObjectType("DeadLetter", {
  description: "An invitation that no runner took, or a runner's request that could not be used.",
})
class DeadLetterType {
  @Field(() => ID, { description: "What resendDeadLetter takes." })
  id!: string;

  @Field(() => DeadLetterKindEnum)
  kind!: DeadLetterKind;

  @Field(() => String, { description: "The NATS subject on which it was." })
  subject!: string;

  @Field(() => String, { description: "Why it was given up." })
  reason!: string;

  @Field(() => GraphQLDateTime, { description: "When it was given up." })
  at!: number;

  @Field(() => GraphQLSafeInt, { description: "How often it was delivered." })
  deliveries!: number;

  @Field(() => Node, { nullable: true, description: "The run that a JOB offered." })
  run!: NodeValue | null;
}

@ObjectType("DeadLetterPage", { description: "Dead letters, oldest first." })
class DeadLetterPage {
  @Field(() => [DeadLetterType])
  nodes!: readonly DeadLetterType[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@Resolver()
export class DeadLetterQueries {
  readonly #letters: DeadLetters;

  constructor(letters: DeadLetters) {
    this.#letters = letters;
  }

  @Query(() => DeadLetterPage, {
    description: "What NATS could bring to nobody: see docs/protocol.md. For administrators of every namespace.",
  })
  async deadLetters(
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: Context,
  ): Promise<DeadLetterPage> {
    if (!can(context.principal, "ADMIN", "*"))
      throw clientError("FORBIDDEN", "only an administrator of every namespace sees dead letters");
    const size = pageSize(first);
    const from = after == null ? 0 : Number(decodeCursor(after, ["number"])[0]);
    const found = await this.#letters.list(from, size + 1);
    const page = found.slice(0, size);
    const last = page.at(-1);
    const endCursor = last ? encodeCursor([last.seq]) : null;
    const nodes = await Promise.all(page.map((letter) => toType(letter, context)));
    return { nodes, pageInfo: { hasNextPage: found.length > size, endCursor } };
  }
}

async function toType(letter: DeadLetter, { loaders }: Context): Promise<DeadLetterType> {
  return { ...letter, run: letter.invited && (await loaders.node.load(letter.invited.runId)) };
}
