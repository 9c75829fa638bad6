import type { NodeState } from "../../core/graph-change.ts";
import type { EdgeEnd } from "../../core/define-node.ts";
import type { Grants, Principal } from "../../graphql/principal.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { Operations } from "../../ports/operations.ts";
import { type AttemptTokens, hashToken } from "./tokens.ts";

/** How long a token that was found good is not looked up again: a revoked one works at most so long. */
const CACHE_MS = 5_000;
const CACHE_MAX = 10_000;

/** Turns bearer tokens into principals. */
export class Authenticator {
  readonly #operations: Operations;
  readonly #reader: NodeReader;
  readonly #attempts: AttemptTokens;
  readonly #now: () => number;
  readonly #cache = new Map<string, { readonly principal: Principal; readonly until: number }>();

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
    const principal = (await this.#byAttempt(token)) ?? (await this.#byHash(token));
    if (principal === null) return null;
    if (this.#cache.size >= CACHE_MAX) this.#cache.clear();
    this.#cache.set(token, { principal, until: this.#now() + CACHE_MS });
    return principal;
  }

  async #byHash(token: string): Promise<Principal | null> {
    const row = await this.#operations.tokenByHash(hashToken(token));
    if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= this.#now())) return null;
    return { agentId: row.agentId, name: row.name, grants: JSON.parse(row.grants) as Grants, attempt: null };
  }

  async #byAttempt(token: string): Promise<Principal | null> {
    const claim = this.#attempts.read(token);
    if (claim === null) return null;
    const [run] = await this.#reader.byIds([claim.runId]);
    if (run === undefined) return null;
    const readable = new Set([run.id, ...inputsOf(run)]);
    return { agentId: claim.runnerId, name: claim.runnerId, grants: {}, attempt: { ...claim, readable } };
  }
}

function inputsOf(run: NodeState): string[] {
  return ((run.attributes["inputs"] ?? []) as unknown as EdgeEnd[]).map(({ id }) => id);
}
