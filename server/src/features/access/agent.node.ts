import { z } from "zod";
import { defineNode } from "../../core/define-node.ts";
import { Label } from "../../core/text.ts";
import { Time } from "../../core/time.ts";

export const Agent = defineNode("Agent", {
  description: "Who: a user, a service account, a runner or a team (a PROV agent).",
  fields: {
    name: Label,
    kind: z.enum(["USER", "SERVICE", "RUNNER", "TEAM"]).meta({ id: "AgentKind" }),
    createdAt: Time,
  },
  edges: {},
});
