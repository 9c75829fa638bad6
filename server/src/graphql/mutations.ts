import { type Json, type Role, digestOf, uuidv7 } from "@clew/schema";
import { GraphQLError } from "graphql";
import type { z } from "zod";
import type { Command, Decision, Heads, Recorded, UserError } from "../ledger/command.ts";
import type { FactContext } from "../core/define-fact.ts";
import { textFault } from "../core/text.ts";
import { LedgerBusy, LedgerReadOnly } from "../ledger/recorder.ts";
import type { TagRead } from "../ports/tags.ts";
import type { Act } from "./acts.ts";
import type { Context } from "./context.ts";
import { clientError } from "./errors.ts";
import { withFittingNulls } from "./input-nulls.ts";
import { can, type Principal } from "./principal.ts";

/** Characters of an idempotency key, which is kept for ever. */
const KEY_MAX = 500;

/** The part of a command that a use case writes; the rest comes from the request. */
export interface UseCase<Answer extends Json> {
  readonly heads: readonly string[];
  readonly tags?: readonly TagRead[];
  readonly decide: (heads: Heads, context: FactContext) => Decision<Answer>;
  /** What this call alone may tell: a secret, which the ledger and the idempotency table must not hold. */
  readonly tell?: (answer: Answer) => object;
}

export interface MutationRequest<Input, Answer extends Json> {
  readonly name: string;
  readonly schema: z.ZodType<Input>;
  readonly input: unknown;
  readonly idempotencyKey: string | null | undefined;
  /** Who may: a role in the namespace that the input speaks of, or a rule. */
  readonly allow: (principal: Principal, input: Input) => boolean;
  /** Reads what the decision needs from outside the ledger, and refuses what can be refused before the lock. */
  readonly prepare: (input: Input, principal: Principal) => Promise<UseCase<Answer> | { errors: readonly UserError[] }>;
}

export interface MutationAnswer<Answer> {
  /** Null when the mutation was refused. */
  readonly answer: Answer | null;
  readonly userErrors: readonly UserError[];
  readonly ledgerSeq: number | null;
  readonly projected: boolean;
  /** What the use case's `tell` answered. */
  readonly told: object;
}

export const inNamespace =
  (role: Role) =>
  (principal: Principal, input: { namespace: string }): boolean =>
    can(principal, role, input.namespace);

export type MutationOutcome = "recorded" | "refused" | "forbidden" | "failed";

/** Hears of every mutation that was answered. */
export type HearMutation = (name: string, outcome: MutationOutcome, durationMs: number) => void;

/** Every mutation's way: parse, authorise, prepare, record, wait for the graph, shape. */
export class Mutations {
  readonly #record: <Answer extends Json>(command: Command<Answer>) => Promise<Recorded<Answer>>;
  readonly #projected: (seq: number) => Promise<boolean>;
  readonly #hear: HearMutation;

  constructor(
    record: <Answer extends Json>(command: Command<Answer>) => Promise<Recorded<Answer>>,
    projected: (seq: number) => Promise<boolean>,
    hear: HearMutation,
  ) {
    this.#record = record;
    this.#projected = projected;
    this.#hear = hear;
  }

  run<Input, Answer extends Json>(
    context: Context,
    request: MutationRequest<Input, Answer>,
  ): Promise<MutationAnswer<Answer>> {
    return this.#heard(request.name, () => this.#answer(context, request));
  }

  /** What is no fact goes the same way as far as it is one: parse, authorise, do, shape. */
  act<Input, Answer extends object>(
    { principal }: Context,
    { input: schema, act, ...definition }: Act<Input, Answer>,
    input: unknown,
    idempotencyKey: string | null | undefined,
  ): Promise<Pick<MutationAnswer<Answer>, "answer" | "userErrors">> {
    return this.#heard(definition.name, async () => {
      const admitted = admit(principal, { ...definition, schema, input, idempotencyKey });
      if ("errors" in admitted) return refused(admitted.errors);
      const answer = await act(admitted.input, principal, idempotencyKey ?? uuidv7());
      return "errors" in answer ? refused(answer.errors) : { answer, userErrors: [] };
    });
  }

  async #heard<Answered extends { readonly answer: unknown }>(
    name: string,
    answer: () => Promise<Answered>,
  ): Promise<Answered> {
    const startedAt = performance.now();
    let outcome: MutationOutcome = "failed";
    try {
      const answered = await answer();
      outcome = answered.answer === null ? "refused" : "recorded";
      return answered;
    } catch (error) {
      if (isForbidden(error)) outcome = "forbidden";
      throw error;
    } finally {
      this.#hear(name, outcome, performance.now() - startedAt);
    }
  }

  async #answer<Input, Answer extends Json>(
    context: Context,
    request: MutationRequest<Input, Answer>,
  ): Promise<MutationAnswer<Answer>> {
    const admitted = admit(context.principal, request);
    if ("errors" in admitted) return refused(admitted.errors);
    const useCase = await request.prepare(admitted.input, context.principal);
    if ("errors" in useCase) return refused(useCase.errors);
    const { heads, tags, decide, tell } = useCase;
    const recorded = await this.#recordNow({
      principal: context.principal.agentId,
      mutation: request.name,
      idempotencyKey: request.idempotencyKey ?? uuidv7(),
      inputDigest: digestOf(admitted.input),
      heads,
      tags,
      decide,
    });
    if (!recorded.ok) return refused(recorded.errors);
    context.loaders.know(recorded.changed);
    const projected = await this.#projected(recorded.seq);
    const { answer, warnings: userErrors, seq: ledgerSeq } = recorded;
    return { answer, userErrors, ledgerSeq, projected, told: tell?.(answer) ?? {} };
  }

  async #recordNow<Answer extends Json>(command: Command<Answer>): Promise<Recorded<Answer>> {
    try {
      return await this.#record(command);
    } catch (error) {
      if (error instanceof LedgerBusy) throw clientError("LEDGER_BUSY", error.message);
      if (error instanceof LedgerReadOnly) throw clientError("LEDGER_READ_ONLY", error.message);
      throw error;
    }
  }
}

/** The input as its schema has it, from somebody who may. @throws FORBIDDEN */
function admit<Input>(
  principal: Principal,
  request: Pick<MutationRequest<Input, Json>, "name" | "schema" | "input" | "idempotencyKey" | "allow">,
): { readonly input: Input } | { readonly errors: readonly UserError[] } {
  const fault = requestFault(request);
  if (fault) return { errors: [fault] };
  const parsed = request.schema.safeParse(withFittingNulls(request.schema, request.input));
  if (!parsed.success) return { errors: parsed.error.issues.map(toUserError) };
  if (!request.allow(principal, parsed.data)) {
    throw clientError("FORBIDDEN", `your token does not allow ${request.name} here`);
  }
  return { input: parsed.data };
}

function isForbidden(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions["code"] === "FORBIDDEN";
}

function refused(errors: readonly UserError[]) {
  return { answer: null, userErrors: errors, ledgerSeq: null, projected: false, told: {} } as const;
}

/** What no schema of a field says: text is Unicode everywhere, nesting has a bound, and so has the key. */
function requestFault({ input, idempotencyKey: key }: { input: unknown; idempotencyKey: string | null | undefined }) {
  if (key != null && (key.length < 1 || key.length > KEY_MAX || !key.isWellFormed() || key.includes("\u0000")))
    return {
      code: "INVALID_INPUT",
      path: ["idempotencyKey"],
      message: `must be 1 to ${KEY_MAX} characters of Unicode, none of them U+0000`,
    };
  const fault = textFault(input);
  return fault && { code: "INVALID_INPUT", ...fault };
}

/** A zod issue as a user error: the path leads to the field. */
export function toUserError(issue: z.core.$ZodIssue): UserError {
  return { code: "INVALID_INPUT", path: issue.path.map(String), message: issue.message };
}
