import type { Grants, Principal } from "../../graphql/principal.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { Operations } from "../../ports/operations.ts";
import { attemptReach } from "./attempt-reach.ts";
import { type AttemptTokens, hashToken } from "./tokens.ts";

/** How long a token that was found good is not looked up again: a revoked one works at most so long. */
const CACHE_MS = 5_000;
const CACHE_MAX = 10_000;

interface Found {
  readonly principal: Principal;
  readonly expiresAt: number | null;
}

/** Turns bearer tokens into principals. */
export class Authenticator {
  readonly #operations: Operations;
  readonly #reader: NodeReader;
  readonly #attempts: AttemptTokens;
  readonly #now: () => number;
  readonly #cache = new Map<string, { readonly principal: Principal; readonly until: number }>();
  readonly #admitted = new Map<string, { readonly isAdmitted: Promise<boolean>; readonly until: number }>();

  constructor(operations: Operations, reader: NodeReader, attempts: AttemptTokens, now: () => number = Date.now) {
    this.#operations = operations;
    this.#reader = reader;
    this.#attempts = attempts;
    this.#now = now;
  }

  /** Null for a token that is unknown, expired or revoked: the caller cannot tell which. */
  async authenticate(token: string): Promise<Principal | null> {
    const known = this.#cache.get(token);
    if (known && known.until > this.#now()) return known.principal;
    this.#cache.delete(token);
    const found = (await this.#byAttempt(token)) ?? (await this.#byHash(token));
    if (found === null) return null;
    if (this.#cache.size >= CACHE_MAX) this.#cache.clear();
    const until = Math.min(this.#now() + CACHE_MS, found.expiresAt ?? Infinity);
    this.#cache.set(token, { principal: found.principal, until });
    return found.principal;
  }

  /** Whether an agent has a token that is good: what it says without one, as a heartbeat, counts only then. */
  isAdmitted(agentId: string): Promise<boolean> {
    const known = this.#admitted.get(agentId);
    if (known && known.until > this.#now()) return known.isAdmitted;
    if (this.#admitted.size >= CACHE_MAX) this.#admitted.clear();
    const isAdmitted = this.#operations.holdsToken(agentId, this.#now());
    // A database that is away for a moment is asked again.
    isAdmitted.catch(() => this.#admitted.delete(agentId));
    this.#admitted.set(agentId, { isAdmitted, until: this.#now() + CACHE_MS });
    return isAdmitted;
  }

  async #byHash(token: string): Promise<Found | null> {
    const row = await this.#operations.tokenByHash(hashToken(token));
    if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= this.#now())) return null;
    const grants = JSON.parse(row.grants) as Grants;
    return { principal: { agentId: row.agentId, grants, attempt: null }, expiresAt: row.expiresAt };
  }

  async #byAttempt(token: string): Promise<Found | null> {
    const claim = this.#attempts.read(token);
    if (claim === null || !(await this.isAdmitted(claim.runnerId))) return null;
    const [run] = await this.#reader.byIds([claim.runId]);
    if (run === undefined) return null;
    const attempt = { ...claim, readable: await attemptReach(this.#reader, run) };
    // What a service may read changes with its endpoint: it is looked up each time.
    const expiresAt = run.attributes["endpoint"] == null ? null : this.#now();
    return { principal: { agentId: claim.runnerId, grants: {}, attempt }, expiresAt };
  }
}
