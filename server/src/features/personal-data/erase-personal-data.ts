import { NodeId, typeOfId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { Label } from "../../core/text.ts";
import { type Decision, refuse, type UserError } from "../../ledger/command.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { Agent, SYSTEM_AGENT } from "../access/index.ts";

export const ErasePersonalData = z
  .strictObject({
    agent: NodeId,
    reason: Label.describe("Stays in the ledger for ever: a request's number rather than words about the person."),
  })
  .meta({ id: "ErasePersonalData" });

/** Whatever earlier entries hold a digest of and tell of this agent was erased. */
export const personalDataErased = defineFact({
  type: "personal-data.erased",
  v: 1,
  payload: z.strictObject({ agent: NodeId, reason: z.string().max(255) }),
  project: () => [],
});

export interface ErasureParts {
  readonly reader: NodeReader;
  readonly store: Pick<LedgerStore, "entries">;
}

/** The use case, or why there is none: only an agent has personal data. */
export async function erasePersonalData(
  { agent, reason }: z.infer<typeof ErasePersonalData>,
  { reader, store }: ErasureParts,
) {
  if (agent === SYSTEM_AGENT) return refuse("INVALID_INPUT", ["agent"], "the server itself is no person");
  const [state] = await reader.byIds([agent]);
  if (state === undefined) return refuse("UNKNOWN_NODE", ["agent"], "there is no such agent");
  if (typeOfId(agent) !== Agent.name) return refuse("WRONG_TYPE", ["agent"], `${agent} is no ${Agent.name}`);
  const [first] = await store.entries(state.createdSeq - 1, 1);
  const isConcealed = first !== undefined && Buffer.from(first.bytes).includes('"$personal"');
  const warnings = isConcealed ? [] : [staysIn(state.createdSeq)];
  return {
    heads: [],
    decide: (): Decision<{ agent: string }> => ({
      facts: [personalDataErased.of({ agent, reason })],
      answer: { agent },
      erases: [agent],
      warnings,
    }),
  };
}

/** Before version 2 of `token.created` names stood in the entries, whose bytes nothing changes. */
function staysIn(seq: number): UserError {
  const message = `entry ${seq}, and perhaps later ones, hold this agent's name in plain text, as older versions wrote it: there it stays`;
  return { code: "PERSONAL_DATA_REMAINS", path: ["agent"], message };
}
