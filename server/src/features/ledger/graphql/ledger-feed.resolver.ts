import { GraphQLSafeInt } from "graphql-scalars";
import { Arg, Resolver, Root, Subscription } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { live } from "../../../graphql/live.ts";
import type { LedgerStore } from "../../../ports/ledger-store.ts";
import { followEntries } from "../follow-entries.ts";
import { mustReadAll, toEntry } from "./ledger.resolver.ts";
import { LedgerEntryType } from "./ledger.types.ts";

interface FeedArguments {
  readonly after?: number | null;
  readonly types?: readonly string[] | null;
}

/** The ledger's subscription. A decorator's function has no `this`, so the class is made around what it needs. */
export function ledgerFeed(store: LedgerStore): object {
  async function follow({ after, types }: FeedArguments, context: Context) {
    mustReadAll(context);
    if (after != null && after < 0)
      throw clientError("INVALID_INPUT", "after must not be negative", { path: ["after"] });
    const start = { after: after ?? (await store.head()).seq, types: types ? new Set(types) : null };
    return live<LedgerEntryType>((push, signal) =>
      followEntries(
        store,
        start,
        (entry) => {
          // A subscription lasts, and an agent that an entry before had may be erased since.
          context.loaders.node.clearAll();
          return push(toEntry(entry));
        },
        signal,
      ),
    );
  }

  @Resolver()
  class LedgerFeed {
    @Subscription(() => LedgerEntryType, {
      subscribe: async ({ args, context }) => follow(args, context as Context),
      description:
        "Every fact in order and without a gap, those that are there and those to come: for those who may read every namespace. Resume with the last `seq` as `after`.",
    })
    ledgerEntries(
      @Root() entry: LedgerEntryType,
      @Arg("after", () => GraphQLSafeInt, { nullable: true, description: "Null: only what comes from now on." })
      _after: number | null,
      @Arg("types", () => [String], { nullable: true, description: "Only these." }) _types: string[] | null,
    ): LedgerEntryType {
      return entry;
    }
  }
  return new LedgerFeed();
}
