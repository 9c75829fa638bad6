import type { Loaders } from "./loaders.ts";
import type { Principal } from "./principal.ts";

/** What every resolver gets: who asks, that request's loaders, and the headers' correlation id. */
export interface Context {
  readonly principal: Principal;
  readonly loaders: Loaders;
  readonly correlationId: string;
  /** The first ledger entry that was recorded at a time (milliseconds since 1970) or after it. */
  readonly firstEntryAt: (time: number) => Promise<number>;
  /** Aborted when the caller goes away. */
  readonly signal?: AbortSignal;
}
