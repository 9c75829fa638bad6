import { typeOfId } from "@clew/schema";
import { NodeDocument, NodeLabelDocument } from "@clew/schema/graphql";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { labelOf } from "../lineage/node-label.ts";
import { facts } from "../terminal/columns.ts";
import { clean } from "../terminal/text.ts";
import { type Shown, showAsset, showPlugin, showRunner } from "./show-asset.ts";
import { showAlert, showDecision, showDeployment, showEndpoint } from "./show-serving.ts";
import { showPipeline } from "./show-pipeline.ts";
import { showReport } from "./show-report.ts";
import { showRun } from "./show-run.ts";
import { showTrigger } from "./show-trigger.ts";
import { showUseCase } from "./show-use-case.ts";
import { section } from "./section.ts";
import { showDatasetVersion, showModelVersion } from "./show-version.ts";

/** What the API says of a node, in tables and as a value for a program. */
export async function showNode(context: CliContext, id: string): Promise<Shown> {
  switch (typeOfId(id)) {
    case "Run":
      return showRun(context, id);
    case "Report":
      return showReport(context, id);
    case "Plugin":
      return showPlugin(context, id);
    case "Runner":
      return showRunner(context, id);
    case "Endpoint":
      return showEndpoint(context, id);
    case "Deployment":
      return showDeployment(context, id);
    case "Trigger":
      return showTrigger(context, id);
    case "UseCase":
      return showUseCase(context, id);
    case "Alert":
      return showAlert(context, id);
    case "Decision":
      return showDecision(context, id);
    case "Pipeline":
    case "PipelineVersion":
      return showPipeline(context, id);
    default:
      return showOther(context, id);
  }
}

async function showOther(context: CliContext, id: string): Promise<Shown> {
  const { node } = await context.client.request(NodeDocument, { id });
  if (node === null) throw new CliError(`there is no ${id}, or none that you may read`, { code: "NOT_FOUND" });
  switch (node.__typename) {
    case "Dataset":
    case "Model":
      return showAsset(context, node);
    case "DatasetVersion":
      return { lines: await showDatasetVersion(context, node), value: node };
    case "ModelVersion":
      return { lines: await showModelVersion(context, node), value: node };
    case "HyperparameterSet":
      return { lines: valueLines(context, node.id, node.digest, node.parameters), value: node };
    case "Environment":
      return { lines: valueLines(context, node.id, node.digest, node.values), value: node };
    default:
      return showLabel(context, id);
  }
}

/** Every member of a set of values on a line of its own. */
function valueLines({ paint }: CliContext, id: string, digest: string, values: unknown): string[] {
  const members = Object.entries(values as Record<string, unknown>).map(([name, value]) => {
    return [clean(name), clean(typeof value === "string" ? value : JSON.stringify(value))] as const;
  });
  const head: (readonly [string, string])[] = [
    [typeOfId(id), ""],
    ["id", id],
    ["digest", digest],
  ];
  return [...facts(head, paint), ...section("Values", facts(members, paint))];
}

async function showLabel({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(NodeLabelDocument, { id });
  if (node === null) throw new CliError(`there is no ${id}, or none that you may read`, { code: "NOT_FOUND" });
  const { name, detail } = labelOf(node);
  const lines = facts(
    [
      [node.__typename, name],
      ["id", node.id],
      ["", detail === "" ? null : detail],
    ],
    paint,
  );
  return { lines, value: node };
}
