import { Label, LABELS_MAX, readInferenceId } from "@clew/schema";
import { z } from "zod";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import { IdOrKey } from "../../core/id-or-key.ts";
import { Time } from "../../core/time.ts";
import type { UserError } from "../../ledger/command.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { Deployment, type Endpoint } from "../deployments/index.ts";

const LabelSaid = z
  .strictObject({
    inference: z.string().max(200).describe("The id that came with the answer, as its header X-Inference-Id."),
    row: Label.shape.row.describe("Which row of the request, from 0."),
    value: Label.shape.value.nullable().describe("A number, text of at most 255 characters, true, false or null."),
    at: Time.describe("When the outcome became known."),
  })
  .meta({ id: "Label" });
type LabelSaid = z.infer<typeof LabelSaid>;

export const RecordLabels = z
  .strictObject({
    endpoint: IdOrKey.describe("Its id or namespace/name."),
    labels: z.array(LabelSaid).min(1).max(LABELS_MAX).describe("At most 1,000."),
  })
  .meta({ id: "RecordLabels" });
export type RecordLabels = z.infer<typeof RecordLabels>;

/** What hinders these labels: each that is of no inference, or of another endpoint's. */
export async function labelFaults(
  reader: NodeReader,
  endpoint: NodeOf<typeof Endpoint>,
  labels: readonly LabelSaid[],
): Promise<UserError[]> {
  const deployments = labels.map(({ inference }) => readInferenceId(inference)?.deployment ?? null);
  const found = await reader.byIds([...new Set(deployments.flatMap((id) => id ?? []))]);
  const own = new Set(found.filter((state) => isOf(state, endpoint.id)).map(({ id }) => id));
  return labels.flatMap(({ inference }, index) => {
    const path = ["labels", String(index), "inference"];
    const deployment = deployments[index]!;
    if (deployment === null) return { code: "INVALID_INPUT", path, message: `${inference} is no inference's id` };
    if (own.has(deployment)) return [];
    return {
      code: "UNKNOWN_NODE",
      path,
      message: `${inference} is no inference of ${endpoint.namespace}/${endpoint.name}`,
    };
  });
}

function isOf(state: Parameters<typeof nodeOf>[1], endpoint: string): boolean {
  return state.type === Deployment.name && nodeOf(Deployment, state).endpoint === endpoint;
}

/** As they are stored and read. */
export function storedLabels(labels: readonly LabelSaid[]): Label[] {
  return labels.map(({ at, ...label }) => ({ ...label, at: new Date(at).toISOString() }));
}
