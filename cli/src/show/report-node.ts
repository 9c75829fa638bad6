import { ReportDocument, type ReportQuery } from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";

export type ReportNode = Extract<NonNullable<ReportQuery["node"]>, { reportType: string }>;

export async function readReport(client: ClewClient, id: string): Promise<ReportNode> {
  const { node } = await client.request(ReportDocument, { id });
  if (!isReport(node)) throw new CliError(`there is no report ${id}`, { code: "NOT_FOUND" });
  return node;
}

function isReport(node: ReportQuery["node"]): node is ReportNode {
  return node !== null && "reportType" in node;
}
