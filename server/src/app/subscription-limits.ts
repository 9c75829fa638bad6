import type { Config } from "../config/config.ts";
import type { SubscriptionLimits } from "../transports/subscription-limits.ts";

const OPEN_MAX = 1_000;
const OPEN_MAX_EACH = 50;
/** Together with what the authenticator remembers: how long the subscriptions of a revoked token may live on. */
const RECHECK_MS = 5_000;

/** For WebSockets, and as much again for event streams. */
export function subscriptionLimits({ subscriptionStallSeconds }: Config): SubscriptionLimits {
  return {
    maxOpen: OPEN_MAX,
    maxOpenEach: OPEN_MAX_EACH,
    stallMs: subscriptionStallSeconds * 1000,
    recheckMs: RECHECK_MS,
  };
}
