import { contentId } from "@clew/schema";
import { z } from "zod";
import { by, defineNode } from "../../core/define-node.ts";
import { personal } from "../../core/personal.ts";
import { Label } from "../../core/text.ts";
import { Time } from "../../core/time.ts";

/** Who acts when no one asked: the server itself. */
export const SYSTEM_AGENT = "Agent:00000000000000000000000000000000";

/** Who administers first: of several servers that start at once on one database, all mean the same agent. */
export const FIRST_ADMINISTRATOR = contentId("Agent", "USER", "administrator");

/** The edge of what is attributed to whoever established it: an agent, or an enrolled runner. */
export const attributedTo = by("Agent", "Runner");

export const Agent = defineNode("Agent", {
  description: "Who: a user, a service account, a runner or a team (a PROV agent).",
  fields: {
    name: personal(Label, "id"),
    kind: z.enum(["USER", "SERVICE", "RUNNER", "TEAM"]).meta({ id: "AgentKind" }),
    createdAt: Time,
  },
  edges: {},
  indexed: ["kind"],
});
