import { nodeOf } from "../../../core/define-node.ts";
import { firstUnseen, mayRead } from "../../../graphql/loaders.ts";
import { mutation, type MutationDefinition } from "../../../graphql/mutation-resolver.ts";
import { nodeValue } from "../../../graphql/node-value.ts";
import type { Principal } from "../../../graphql/principal.ts";
import { requireContributor } from "../../../graphql/require-contributor.ts";
import { refuse, type UserError } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { findOne } from "../../catalog/index.ts";
import { Report } from "../../runs/index.ts";
import { Alert } from "../alert.node.ts";
import { AcknowledgeAlert, acknowledgeAlert, ResolveAlert, resolveAlert } from "../close-alert.ts";
import { lastAlert, RaiseAlert, raiseAlert, type RaiseLookups } from "../raise-alert.ts";

type Refused = { readonly errors: readonly UserError[] };
const SUBJECTS = Alert.edges.about.targets;

export function alertMutations(reader: NodeReader): MutationDefinition[] {
  const things = { alert: Alert };
  return [
    mutation({
      name: "raiseAlert",
      description:
        "Tells of something that wants a reaction. The same cause on the same thing adds to the alert that is open. For contributors, and for a run's attempt about what it reads.",
      input: RaiseAlert,
      things,
      allow: () => true,
      prepare: async (input, principal) => {
        const found = await lookUp(reader, principal, input);
        if ("errors" in found) return found;
        const unseen = await firstUnseenEvidence(reader, principal, input.evidence);
        if (unseen >= 0)
          return refuse("UNKNOWN_NODE", ["evidence", String(unseen)], `there is no ${input.evidence[unseen]}`);
        return raiseAlert(input, found, principal.attempt);
      },
      // An attempt does not read what it has raised.
      shape: async ({ alert }: { alert: string }, { loaders }) => {
        await loaders.reveal([alert]);
        return { alert: await loaders.node.load(alert) };
      },
    }),
    mutation({
      name: "acknowledgeAlert",
      description: "Says that somebody looks at an alert.",
      input: AcknowledgeAlert,
      things,
      allow: () => true,
      prepare: async (input, principal) => (await refusal(reader, principal, input.alert)) ?? acknowledgeAlert(input),
    }),
    mutation({
      name: "resolveAlert",
      description: "Closes an alert, and says what became of it.",
      input: ResolveAlert,
      things,
      allow: () => true,
      prepare: async (input, principal) => (await refusal(reader, principal, input.alert)) ?? resolveAlert(input),
    }),
  ];
}

async function lookUp(
  reader: NodeReader,
  principal: Principal,
  { about, cause }: { about: string; cause: string },
): Promise<RaiseLookups | Refused> {
  const unknown = `there is no deployment, version, run or use case ${about}`;
  const node = await findOne(reader, principal, about, { field: "about", types: SUBJECTS, unknown });
  if ("errors" in node) return node;
  // All of them have a namespace.
  const namespace = node.attributes["namespace"] as string;
  // What an attempt reads was looked up as it, so that it may tell of it.
  if (!principal.attempt) requireContributor(principal, namespace, `to write about ${about}`);
  return { subject: { id: node.id, namespace }, last: await lastAlert(reader, node.id, cause) };
}

/** An attempt rests on reports of its own run, which it does not read otherwise. */
async function firstUnseenEvidence(
  reader: NodeReader,
  principal: Principal,
  evidence: readonly string[],
): Promise<number> {
  const { attempt } = principal;
  if (!attempt) return await firstUnseen(reader, principal, evidence);
  const reports = (await reader.byIds(evidence)).filter(({ type }) => type === Report.name);
  const own = new Set(reports.filter((state) => nodeOf(Report, state).run === attempt.runId).map(({ id }) => id));
  return evidence.findIndex((id) => !own.has(id));
}

/** Why an alert cannot be changed by the caller; null when it can. */
async function refusal(reader: NodeReader, principal: Principal, id: string): Promise<Refused | null> {
  const [state] = await reader.byIds([id]);
  if (state?.type !== Alert.name || !mayRead(principal, nodeValue(state)))
    return refuse("UNKNOWN_NODE", ["alert"], `there is no alert ${id}`);
  requireContributor(principal, nodeOf(Alert, state).namespace, `to write about ${id}`);
  return null;
}
