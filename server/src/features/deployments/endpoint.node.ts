import { Name, Namespace, NodeId } from "@clew/schema";
import { z } from "zod";
import { defineNode, later } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

export const Endpoint = defineNode("Endpoint", {
  description: "Where models answer requests. Its revisions are deployments, of which one is active.",
  kind: "asset",
  fields: {
    namespace: Namespace,
    name: Name,
    latestVersion: z.number().int().max(2_000_000_000).describe("The newest revision; 0 before the first."),
    requiresApproval: z.boolean().describe("Only approved model versions may be deployed here."),
    wanted: NodeId.nullable(),
    active: NodeId.nullable(),
    createdAt: Time,
  },
  edges: { useCase: later("FOR", "UseCase"), attributedTo },
  hidden: ["wanted", "active"],
  indexed: ["attributedTo", "useCase"],
});
