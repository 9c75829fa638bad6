import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node } from "../../../graphql/node-type.ts";
import { LedgerEntryType } from "./ledger.types.ts";

@Resolver(() => LedgerEntryType)
export class LedgerEntryResolver {
  @FieldResolver(() => Node, { nullable: true, description: "The agent of `by`." })
  agent(@Root() { by }: LedgerEntryType, @Ctx() { loaders }: Context): Promise<NodeValue> {
    return loaders.node.load(by);
  }
}
