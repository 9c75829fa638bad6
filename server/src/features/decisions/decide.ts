import { DecisionType, type ModelVersionState, NodeId, timeId } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { type Decision as Decided, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import { ModelVersion, modelVersionStateChanged } from "../catalog/index.ts";
import { decisionMade } from "./decision.made.fact.ts";
import { Decision } from "./decision.node.ts";

export const Reason = Decision.fields.reason
  .refine((text) => text.trim() !== "", "say why: whoever asks later reads it here")
  .describe("Why, in words that somebody else understands in two years.");

/** Reports, alerts and decisions that led to a decision. */
export const Basis = z
  .array(NodeId)
  .max(50)
  .default([])
  .describe("The reports, alerts or earlier decisions that led to it.");

export const Decide = z
  .strictObject({
    decisionType: DecisionType.exclude(["PROMOTION", "ROLLBACK"]).meta({ id: "VersionDecisionType" }),
    about: z.string().min(1).max(400).describe("A model version or dataset version: its id or key."),
    reason: Reason,
    basis: Basis,
    expiresAt: Time.nullable().default(null).describe("Of an exemption: until when it holds."),
  })
  .refine(({ decisionType, expiresAt }) => expiresAt === null || decisionType === "EXEMPTION", {
    path: ["expiresAt"],
    message: "only an exemption expires",
  })
  .meta({ id: "Decide" });
type Decide = z.infer<typeof Decide>;

type ModelState = z.infer<typeof ModelVersionState>;

/** What each decision makes of a model version, and from which states it may be taken. An exemption leaves the state. */
const EFFECTS: Readonly<Partial<Record<string, { to: ModelState; from: readonly ModelState[] }>>> = {
  APPROVAL: { to: "APPROVED", from: ["PENDING", "REJECTED", "APPROVED"] },
  REJECTION: { to: "REJECTED", from: ["PENDING", "APPROVED", "SUSPENDED", "REJECTED"] },
  SUSPENSION: { to: "SUSPENDED", from: ["APPROVED", "PENDING"] },
  RESUMPTION: { to: "APPROVED", from: ["SUSPENDED"] },
};

/** What a decision is about, looked up; `subject` is a ModelVersion or a DatasetVersion. */
export interface DecideLookups {
  readonly subject: { readonly id: string; readonly namespace: string };
  /** The rule that decides; a person does when left out. */
  readonly policy?: string;
}

/** A decision on a version. That of a model version says whether it may go live. */
export function decide(input: Decide, { subject, policy }: DecideLookups) {
  const id = timeId("Decision");
  return {
    heads: [subject.id, ...input.basis],
    decide: (heads: Heads, context: FactContext): Decided<{ decision: string }> => {
      const errors = [...basisErrors(heads, input.basis), ...stateErrors(heads, input, subject.id)];
      if (errors.length > 0) return { errors };
      const made = decisionFact(context, {
        id,
        namespace: subject.namespace,
        decisionType: input.decisionType,
        reason: input.reason,
        expiresAt: input.expiresAt,
        policy: policy ?? null,
        about: subject.id,
        basis: input.basis,
      });
      return { facts: [made, ...effect(heads, input, subject.id)], answer: { decision: id } };
    },
  };
}

export interface NewDecision {
  readonly id: string;
  readonly namespace: string;
  readonly decisionType: DecisionType;
  readonly reason: string;
  readonly expiresAt?: number | null;
  /** The rule that decided; a person did when left out. */
  readonly policy?: string | null;
  readonly about: string;
  readonly basis: readonly string[];
}

/** The fact of a decision, which stands before the facts of what it changes. */
export function decisionFact({ at }: FactContext, { expiresAt = null, policy = null, ...made }: NewDecision): Fact {
  const basis = made.basis.map((id) => ({ id }));
  return decisionMade.of({ ...made, basis, expiresAt, policy, decidedAt: at });
}

/** Refuses what is no basis of a decision. */
export function basisErrors(heads: Heads, basis: readonly string[]): UserError[] {
  return basis.flatMap((id, index) => {
    const path = ["basis", String(index)];
    if (!heads.has(id)) return [{ code: "UNKNOWN_NODE", path, message: `there is no ${id}` }];
    return Decision.edges.basis.targets.some((type) => id.startsWith(`${type}:`))
      ? []
      : [{ code: "WRONG_TYPE", path, message: "only a report, an alert or a decision leads to a decision" }];
  });
}

function stateErrors(heads: Heads, { decisionType }: Decide, subject: string): readonly UserError[] {
  const effect = EFFECTS[decisionType];
  const version = heads.get(ModelVersion, subject);
  if (effect === undefined) return [];
  if (version === undefined) {
    const message = `${decisionType} is of model versions; a dataset version can only be exempted`;
    return refuse("WRONG_TYPE", ["about"], message).errors;
  }
  if (effect.from.includes(version.state)) return [];
  return refuse("STATE_CONFLICT", ["decisionType"], `${nameOf(version)} is ${version.state}`).errors;
}

function nameOf({ namespace, name, version }: NodeOf<typeof ModelVersion>): string {
  return `${namespace}/${name}@${version}`;
}

function effect(heads: Heads, { decisionType }: Decide, subject: string): Fact[] {
  const to = EFFECTS[decisionType]?.to;
  const version = heads.get(ModelVersion, subject);
  const changes = to !== undefined && version !== undefined && version.state !== to;
  return changes ? [modelVersionStateChanged.of({ version: subject, state: to })] : [];
}
