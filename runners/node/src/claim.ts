import { JobInvitation, jsonIn } from "@clew/schema";
import type { Logger } from "pino";
import { type GraphqlLink, NoAnswer, RequestRefused } from "./graphql-link.ts";
import type { HeldLeases, Lease } from "./held-leases.ts";
import { claimRun, type JobRun } from "./operations.ts";

/** What to do with an invitation. `later`: give it back, for this or another runner to take after so long. */
export type Claim =
  | { readonly verdict: "taken"; readonly claimed: ClaimedAttempt }
  | { readonly verdict: "drop"; readonly reason: string }
  | { readonly verdict: "later"; readonly reason: string; readonly delayMs: number };

export interface ClaimedAttempt extends Lease {
  /** Reports on this attempt and reads its inputs. */
  readonly token: string;
  /** `name@version`. */
  readonly plugin: string;
  readonly run: JobRun;
}

export interface ClaimerOptions {
  readonly link: GraphqlLink;
  readonly leases: HeldLeases;
  readonly runnerId: string;
  readonly token: string;
  readonly isHosted: (plugin: string) => boolean;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Less than the 30 s after which an invitation comes again. */
const CLAIM_WITHIN_MS = 20_000;
const LATER_MS = 5_000;
/** Longer, since only another runner can take it. */
const NOT_HOSTED_MS = 10_000;
/** The invitation is of no use any more, to anybody. */
const OVER: ReadonlySet<string> = new Set(["RUN_NOT_QUEUED", "UNKNOWN_NODE"]);

/** Claims what invitations offer. */
export class Claimer {
  readonly #options: ClaimerOptions;

  constructor(options: ClaimerOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async claim(data: Uint8Array): Promise<Claim> {
    const invitation = JobInvitation.safeParse(jsonIn(data));
    if (!invitation.success) return { verdict: "drop", reason: "it is no clew/job-invitation/1" };
    const { runId, attempt, plugin } = invitation.data;
    if (this.#options.leases.wasTaken(runId, attempt))
      return { verdict: "drop", reason: "taken before by this runner" };
    if (!this.#options.isHosted(plugin)) {
      return { verdict: "later", reason: `${plugin} is not hosted here`, delayMs: NOT_HOSTED_MS };
    }
    try {
      return await this.#ask(invitation.data);
    } catch (error) {
      return later(error);
    }
  }

  async #ask({ runId, attempt, plugin }: JobInvitation): Promise<Claim> {
    const { link, runnerId, token, signal } = this.#options;
    const input = { run: runId, attempt, runner: runnerId };
    const key = `claim:${runId}:${attempt}:${runnerId}`;
    const { claimRun: answer } = await link.call(
      claimRun,
      { input },
      { token, key, signal, giveUpAfterMs: CLAIM_WITHIN_MS },
    );
    const [fault] = answer.userErrors;
    if (fault !== undefined) {
      const reason = `${fault.code}: ${fault.message}`;
      return OVER.has(fault.code) ? { verdict: "drop", reason } : { verdict: "later", reason, delayMs: LATER_MS };
    }
    const { token: ownToken, leaseMs, run } = answer;
    if (ownToken === null || leaseMs === null || run === null) {
      return { verdict: "later", reason: "the claim was answered without run, token and lease", delayMs: LATER_MS };
    }
    return { verdict: "taken", claimed: { runId, attempt, plugin, token: ownToken, leaseMs, run } };
  }
}

function later(error: unknown): Claim {
  const isExpected = error instanceof RequestRefused || error instanceof NoAnswer;
  const reason = isExpected ? error.message : `the claim failed: ${String(error)}`;
  return { verdict: "later", reason, delayMs: LATER_MS };
}
