import { Name, Namespace } from "@clew/schema";
import { z } from "zod";
import { defineNode } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";

export const Dataset = defineNode("Dataset", {
  description: "A named body of data whose contents change from version to version.",
  kind: "asset",
  fields: {
    namespace: Namespace,
    name: Name,
    latestVersion: z.number().int().max(2_000_000_000).describe("The number of the newest version."),
    createdAt: Time,
  },
  edges: {},
});
