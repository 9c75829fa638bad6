import type { Verdict } from "@clew/schema";
import { documentReference } from "../../core/document.ts";
import type { NodeOf } from "../../core/define-node.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { Report } from "../runs/index.ts";

type ReportNode = NodeOf<typeof Report>;
type Rules = readonly { readonly rule: string; readonly outcome: Verdict }[];

/** What a rule of a report has come to; null where the report has no such rule. */
export async function ruleIn(reader: NodeReader, report: ReportNode, rule: string): Promise<Verdict | null> {
  const rules = await rulesOf(reader, report);
  return rules.find((one) => one.rule === rule)?.outcome ?? null;
}

async function rulesOf(reader: NodeReader, { id, rules }: ReportNode): Promise<Rules> {
  const reference = documentReference(rules);
  if (reference === null) return rules as Rules;
  const text = (await reader.documents([reference.$document])).get(reference.$document);
  if (text === undefined) throw new Error(`the document ${reference.$document} of ${id} is missing`);
  return JSON.parse(text) as Rules;
}
