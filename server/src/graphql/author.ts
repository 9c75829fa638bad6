import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { openEntry } from "../core/define-fact.ts";
import type { Context } from "./context.ts";
import type { GraphQLClass } from "./from-zod.ts";
import type { NodeValue } from "./node-value.ts";
import { Node } from "./node-type.ts";

/** Something that a ledger entry says. */
interface Told {
  readonly ledgerSeq: number;
}

/** `by` of what a ledger entry says: who said it. All that one answer asks for are read at once. */
export function authorResolver(type: GraphQLClass): object {
  @Resolver(() => type)
  class AuthorResolver {
    @FieldResolver(() => Node, { nullable: true, description: "Who established it: an agent or a runner." })
    async by(@Root() { ledgerSeq }: Told, @Ctx() { loaders }: Context): Promise<NodeValue> {
      const { by } = openEntry(await loaders.entry.load(ledgerSeq));
      return loaders.node.load(by);
    }
  }
  return new AuthorResolver();
}
