import { Name, Namespace } from "@clew/schema";
import { z } from "zod";
import { defineNode, later } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";

export const Model = defineNode("Model", {
  description: "A named model whose versions are trained one after another.",
  kind: "asset",
  fields: { namespace: Namespace, name: Name, latestVersion: z.number().int().max(2_000_000_000), createdAt: Time },
  edges: { useCase: later("FOR", "UseCase") },
  indexed: ["useCase"],
});
