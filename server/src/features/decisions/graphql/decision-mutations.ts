import { mutation, type MutationDefinition } from "../../../graphql/mutation-resolver.ts";
import { can, type Principal } from "../../../graphql/principal.ts";
import { clientError } from "../../../graphql/errors.ts";
import { firstUnseen } from "../../../graphql/loaders.ts";
import { refuse, type UserError } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { findOne } from "../../catalog/index.ts";
import { Decide, decide, type DecideLookups } from "../decide.ts";
import { Decision } from "../decision.node.ts";

const SUBJECTS = ["ModelVersion", "DatasetVersion"];

export function decisionMutations(reader: NodeReader): MutationDefinition[] {
  return [
    mutation({
      name: "decide",
      description:
        "Decides on a version: approves, rejects, suspends or resumes a model version, or exempts a version from a rule. For approvers.",
      input: Decide,
      things: { decision: Decision },
      // In which namespace the caller must be an approver is known once the version is.
      allow: () => true,
      prepare: async (input, principal) => {
        const found = await lookUp(reader, principal, input.about);
        if ("errors" in found) return found;
        const unseen = await firstUnseen(reader, principal, input.basis);
        return unseen < 0 ? decide(input, found) : unknownBasis(input.basis, unseen);
      },
    }),
  ];
}

export function unknownBasis(basis: readonly string[], index: number): { errors: UserError[] } {
  return refuse("UNKNOWN_NODE", ["basis", String(index)], `there is no ${basis[index]}`);
}

/** Approvers decide; to others it is as if they asked for what is not there, unless they may read it. */
export function requireApprover(principal: Principal, namespace: string, what: string): void {
  if (!can(principal, "APPROVER", namespace))
    throw clientError("FORBIDDEN", `only an APPROVER of ${namespace} decides on ${what}`);
}

async function lookUp(
  reader: NodeReader,
  principal: Principal,
  about: string,
): Promise<DecideLookups | { errors: UserError[] }> {
  const unknown = `there is no model version or dataset version ${about}`;
  const node = await findOne(reader, principal, about, { field: "about", types: SUBJECTS, unknown });
  if ("errors" in node) return node;
  // Both types have a namespace.
  const namespace = node.attributes["namespace"] as string;
  requireApprover(principal, namespace, about);
  return { subject: { id: node.id, namespace } };
}
