import { ModelVersionState, NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { patch } from "../../core/define-node.ts";
import { ModelVersion } from "./model-version.node.ts";

/** A decision lets a model version go live, or does not. The decision has a fact of its own, in the entry just before. */
export const modelVersionStateChanged = defineFact({
  type: "model-version.state-changed",
  v: 1,
  payload: z.strictObject({ version: NodeId, state: ModelVersionState }),
  project: ({ version, state }) => [patch(ModelVersion, version, { state })],
});
