import { Arg, Ctx, Query, Resolver } from "type-graphql";
import type { Context } from "../../../graphql/context.ts";
import type { Verifier, WholeVerification } from "../verifier.ts";
import { mustReadAll } from "./ledger.resolver.ts";
import { LedgerVerification, LedgerVerificationProgress } from "./verification.types.ts";

@Resolver()
export class VerificationResolver {
  readonly #verifier: Verifier;

  constructor(verifier: Verifier) {
    this.#verifier = verifier;
  }

  @Query(() => LedgerVerification, {
    description:
      "Reads the whole ledger, recomputes every hash, projects every entry again and compares the tables that people read: one at a time, for those who may read every namespace. Who asks while one runs gets its answer.",
  })
  async verifyLedger(
    @Arg("records", () => Boolean, {
      defaultValue: true,
      description: "False leaves out the comparison of the tables, which takes several times as long as the rest.",
    })
    records: boolean,
    @Ctx() context: Context,
  ): Promise<WholeVerification> {
    mustReadAll(context);
    return this.#verifier.verify(records);
  }

  @Query(() => LedgerVerificationProgress, {
    description: "How far the verification has come that runs on this server.",
  })
  ledgerVerification(@Ctx() context: Context): LedgerVerificationProgress {
    mustReadAll(context);
    return this.#verifier.progress;
  }
}
