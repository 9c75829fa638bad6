import { z } from "zod";
import { by, defineNode } from "../../core/define-node.ts";
import { Label } from "../../core/text.ts";
import { Time } from "../../core/time.ts";

/** Who acts when no one asked: the server itself. */
export const SYSTEM_AGENT = "Agent:00000000000000000000000000000000";

/** The edge of what is attributed to whoever established it: an agent, or an enrolled runner. */
export const attributedTo = by("Agent", "Runner");

export const Agent = defineNode("Agent", {
  description: "Who: a user, a service account, a runner or a team (a PROV agent).",
  fields: {
    name: Label,
    kind: z.enum(["USER", "SERVICE", "RUNNER", "TEAM"]).meta({ id: "AgentKind" }),
    createdAt: Time,
  },
  edges: {},
});
