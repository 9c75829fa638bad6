import { z } from "zod";
import { defineNode } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";

export const Agent = defineNode("Agent", {
  description: "Who: a user, a service account, a runner or a team (a PROV agent).",
  fields: {
    name: z.string().min(1).max(255),
    kind: z.enum(["USER", "SERVICE", "RUNNER", "TEAM"]).meta({ id: "AgentKind" }),
    createdAt: Time,
  },
  edges: {},
});
