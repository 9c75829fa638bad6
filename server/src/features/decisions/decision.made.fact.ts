import { defineFact } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { Decision } from "./decision.node.ts";

/** What it changes has facts of its own, in the entries just after. */
export const decisionMade = defineFact({
  type: "decision.made",
  v: 1,
  payload: Decision.schema,
  project: (decision, context) => place(Decision, decision, context),
});
