import { AlertSeverity, WebhookFormat } from "@clew/schema";
import { GraphQLSafeInt } from "graphql-scalars";
import { Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node } from "../../../graphql/node-type.ts";
import { can, canSomewhere } from "../../../graphql/principal.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { WebhookRow, Webhooks } from "../../../ports/webhooks.ts";

@ObjectType("Webhook", { description: "An endpoint that is told of ledger entries, and how far that has come." })
class Webhook {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: "* is every namespace." })
  namespace!: string;

  @Field(() => String, { description: "Of Slack and mail only what is no secret: the host, or what follows the @." })
  url!: string;

  @Field(() => enumTypeOf(WebhookFormat))
  format!: WebhookFormat;

  @Field(() => enumTypeOf(AlertSeverity), {
    nullable: true,
    description: "Of alerts it is told of those that are so severe at least; null is all.",
  })
  severity!: AlertSeverity | null;

  @Field(() => Node, {
    nullable: true,
    description: "Of alerts it is told of those about this, or a version or revision of it; null is all.",
  })
  about!: NodeValue | null;

  @Field(() => [String], {
    nullable: true,
    description: "The entry types that it is told of; null is every type, for people those that matter to them.",
  })
  types!: string[] | null;

  @Field(() => Node)
  createdBy!: NodeValue;

  @Field(() => GraphQLDateTime)
  createdAt!: number;

  @Field(() => GraphQLSafeInt, { description: "The last entry that it has taken, or that was none of its own." })
  position!: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: "When it last took one." })
  deliveredAt!: number | null;

  @Field(() => Int, { description: "Failures in a row, of the entry that is tried now." })
  failures!: number;

  @Field(() => String, { nullable: true, description: "Why the last attempt failed; null when it did not." })
  lastError!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "When it is tried again; null when it does not wait." })
  nextAttemptAt!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Why nothing more is delivered; null as long as it is. enableWebhook takes it up again.",
  })
  disabledReason!: string | null;
}

@Resolver()
export class WebhookQueries {
  readonly #webhooks: Webhooks;

  constructor(webhooks: Webhooks) {
    this.#webhooks = webhooks;
  }

  @Query(() => [Webhook], { description: "Those of the namespaces that you administer." })
  async webhooks(@Ctx() context: Context): Promise<Webhook[]> {
    const { principal } = context;
    if (!canSomewhere(principal, "ADMIN")) throw clientError("FORBIDDEN", "only an administrator sees webhooks");
    const rows = (await this.#webhooks.all()).filter(({ namespace }) => can(principal, "ADMIN", namespace));
    return Promise.all(rows.map((row) => toWebhook(row, context)));
  }
}

async function toWebhook(row: WebhookRow, { loaders }: Context): Promise<Webhook> {
  const isWaiting = row.disabledReason === null && row.nextAttemptAt > 0;
  return {
    ...row,
    types: row.types === null ? null : (JSON.parse(row.types) as string[]),
    about: row.about === null ? null : await loaders.node.load(row.about),
    createdBy: await loaders.node.load(row.createdBy),
    nextAttemptAt: isWaiting ? row.nextAttemptAt : null,
  };
}
