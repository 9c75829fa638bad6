import type { z } from "zod";
import type { UserError } from "../ledger/command.ts";
import type { Principal } from "./principal.ts";

/**
 * A mutation that establishes no fact: what it changes is stored elsewhere, and its payload has neither a place in the ledger nor a word of the graph
 * (docs/adr/0018-mutations-that-are-no-facts.md).
 */
export interface Act<Input = unknown, Answer extends object = object> {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<Input>;
  /** Payload fields; all are null when it was refused. */
  readonly answers: z.ZodRawShape;
  readonly allow: (principal: Principal, input: Input) => boolean;
  /** What an idempotency key does here; none is taken where this is left out, since saying the same again changes nothing. */
  readonly keyed?: string;
  /** Answers once it is durable. `key` is new for each call that came without one. */
  readonly act: (input: Input, principal: Principal, key: string) => Promise<Answer | Refused>;
}

type Refused = { readonly errors: readonly UserError[] };

/** Declares one with its types inferred. */
export function act<Input, Answer extends object>(definition: Act<Input, Answer>): Act {
  return definition as unknown as Act;
}
